Theorem in_plain_words (c p : nat) (s y : nat -> R) (k : nat) :
  (1 <= p <= c)%nat -> (1 <= k <= c)%nat ->
  (forall i, (1 <= i <= c)%nat -> y i = if Nat.eqb i p then 1 else 0) ->
  let moved t i := if Nat.eqb i k then t else s i in
  is_derive
    (fun t => - sum_n_m (fun i =>
       y i * ln (exp (moved t i) / sum_n_m (fun j => exp (moved t j)) 1 c)) 1 c)
    (s k)
    (exp (s k) / sum_n_m (fun j => exp (s j)) 1 c - y k).
Proof.
  rewrite sum_n_m_is_total. intros Hp Hk Hy.
  exact (softmax_cross_entropy_one_hot c p y Hp Hy s k ltac:(lia) Hk).
Qed.

(** The two cases of the source: the true class, and any other. *)
Theorem true_class_in_plain_words (c p : nat) (s y : nat -> R) :
  (1 <= p <= c)%nat ->
  (forall i, (1 <= i <= c)%nat -> y i = if Nat.eqb i p then 1 else 0) ->
  let moved t i := if Nat.eqb i p then t else s i in
  is_derive
    (fun t => - sum_n_m (fun i =>
       y i * ln (exp (moved t i) / sum_n_m (fun j => exp (moved t j)) 1 c)) 1 c)
    (s p)
    (exp (s p) / sum_n_m (fun j => exp (s j)) 1 c - 1).
Proof.
  rewrite sum_n_m_is_total. intros Hp Hy.
  exact (true_class c p y Hp Hy s ltac:(lia)).
Qed.

Theorem other_class_in_plain_words (c p : nat) (s y : nat -> R) (n : nat) :
  (1 <= p <= c)%nat -> (1 <= n <= c)%nat -> n <> p ->
  (forall i, (1 <= i <= c)%nat -> y i = if Nat.eqb i p then 1 else 0) ->
  let moved t i := if Nat.eqb i n then t else s i in
  is_derive
    (fun t => - sum_n_m (fun i =>
       y i * ln (exp (moved t i) / sum_n_m (fun j => exp (moved t j)) 1 c)) 1 c)
    (s n)
    (exp (s n) / sum_n_m (fun j => exp (s j)) 1 c).
Proof.
  rewrite sum_n_m_is_total. intros Hp Hn Hnp Hy.
  exact (other_class c p y Hp Hy s n ltac:(lia) Hn Hnp).
Qed.
