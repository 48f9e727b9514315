Theorem in_plain_words (C : nat) (z y : nat -> R) (k m : nat) :
  (1 <= k <= C)%nat -> (1 <= m <= C)%nat -> sum_n_m y 1 C = 1 ->
  let put z k t i := if Nat.eqb i k then t else z i in
  let loss z := - sum_n_m (fun i =>
    y i * ln (exp (z i) / sum_n_m (fun j => exp (z j)) 1 C)) 1 C in
  let softmax j := exp (z j) / sum_n_m (fun i => exp (z i)) 1 C in
  is_derive
    (fun s => Derive (fun t => loss (put (put z m s) k t)) (put z m s k))
    (z m)
    (softmax k * ((if Nat.eqb k m then 1 else 0) - softmax m)).
Proof.
  rewrite sum_n_m_is_total. intros Hk Hm Hy.
  exact (softmax_cross_entropy_hessian C y Hy z k m ltac:(lia) Hk Hm).
Qed.
