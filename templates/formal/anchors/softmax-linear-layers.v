Theorem upper_layer_in_plain_words (C N d p : nat) (x y A B : nat -> nat -> R) (j m : nat) :
  (1 <= p)%nat -> (1 <= j <= C)%nat -> (1 <= m <= d)%nat ->
  (forall n, (1 <= n <= N)%nat -> sum_n_m (fun j => y n j) 1 C = 1) ->
  let moved t i l := if (Nat.eqb i j && Nat.eqb l m)%bool then t else B i l in
  let s B n i := sum_n_m (fun h => B i h * sum_n_m (fun l => A h l * x n l) 1 p) 1 d in
  let softmax s n i := exp (s n i) / sum_n_m (fun c => exp (s n c)) 1 C in
  is_derive
    (fun t => 1 / INR N * sum_n_m (fun n =>
       - sum_n_m (fun i => y n i * ln (softmax (s (moved t)) n i)) 1 C) 1 N)
    (B j m)
    (1 / INR N * sum_n_m (fun n =>
       (softmax (s B) n j - y n j) * sum_n_m (fun l => A m l * x n l) 1 p) 1 N).
Proof.
  rewrite sum_n_m_is_total. intros Hp Hj Hm Hy.
  exact (mean_B C N d p x y Hy A B j m ltac:(lia) ltac:(lia) Hp Hj Hm).
Qed.

Theorem lower_layer_in_plain_words (C N d p : nat) (x y A B : nat -> nat -> R) (l m : nat) :
  (1 <= C)%nat -> (1 <= l <= p)%nat -> (1 <= m <= d)%nat ->
  (forall n, (1 <= n <= N)%nat -> sum_n_m (fun j => y n j) 1 C = 1) ->
  let moved t h i := if (Nat.eqb h m && Nat.eqb i l)%bool then t else A h i in
  let s A n i := sum_n_m (fun h => B i h * sum_n_m (fun l => A h l * x n l) 1 p) 1 d in
  let softmax s n i := exp (s n i) / sum_n_m (fun c => exp (s n c)) 1 C in
  is_derive
    (fun t => 1 / INR N * sum_n_m (fun n =>
       - sum_n_m (fun i => y n i * ln (softmax (s (moved t)) n i)) 1 C) 1 N)
    (A m l)
    (1 / INR N * sum_n_m (fun n => x n l * sum_n_m (fun j =>
       (softmax (s A) n j - y n j) * B j m) 1 C) 1 N).
Proof.
  rewrite sum_n_m_is_total. intros HC Hl Hm Hy.
  exact (mean_A C N d p x y Hy A B l m HC Hl Hm).
Qed.
