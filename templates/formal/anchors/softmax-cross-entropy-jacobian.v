Theorem in_plain_words (k : nat) (x y : nat -> R) (j : nat) :
  (1 <= j <= k)%nat -> sum_n_m y 1 k = 1 ->
  let moved t i := if Nat.eqb i j then t else x i in
  is_derive
    (fun t => - sum_n_m (fun i =>
       y i * ln (exp (moved t i) / sum_n_m (fun m => exp (moved t m)) 1 k)) 1 k)
    (x j)
    (exp (x j) / sum_n_m (fun m => exp (x m)) 1 k - y j).
Proof.
  rewrite sum_n_m_is_total. intros Hj Hy.
  exact (softmax_cross_entropy_jacobian k y Hy x j ltac:(lia) Hj).
Qed.

Theorem jacobian_in_plain_words (k : nat) (x : nat -> R) (i j : nat) :
  (1 <= i <= k)%nat -> (1 <= j <= k)%nat ->
  let moved t m := if Nat.eqb m j then t else x m in
  let softmax m := exp (x m) / sum_n_m (fun n => exp (x n)) 1 k in
  is_derive
    (fun t => exp (moved t i) / sum_n_m (fun m => exp (moved t m)) 1 k)
    (x j)
    (softmax i * ((if Nat.eqb i j then 1 else 0) - softmax j)).
Proof.
  rewrite sum_n_m_is_total. intros Hi Hj.
  exact (jacobian k x i j ltac:(lia) Hj).
Qed.
