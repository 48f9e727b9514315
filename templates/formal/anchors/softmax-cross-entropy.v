Theorem in_plain_words (C : nat) (z y : nat -> R) (k : nat) :
  (1 <= k <= C)%nat -> sum_n_m y 1 C = 1 ->
  let moved t i := if Nat.eqb i k then t else z i in
  is_derive
    (fun t => - sum_n_m (fun i =>
       y i * ln (exp (moved t i) / sum_n_m (fun j => exp (moved t j)) 1 C)) 1 C)
    (z k)
    (exp (z k) / sum_n_m (fun j => exp (z j)) 1 C - y k).
Proof.
  rewrite sum_n_m_is_total. intros Hk Hy.
  exact (softmax_cross_entropy C y Hy z k ltac:(lia) Hk).
Qed.
