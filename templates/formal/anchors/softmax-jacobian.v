Theorem in_plain_words (C : nat) (z : nat -> R) (i k : nat) :
  (1 <= i <= C)%nat -> (1 <= k <= C)%nat ->
  let moved t j := if Nat.eqb j k then t else z j in
  let softmax j := exp (z j) / sum_n_m (fun m => exp (z m)) 1 C in
  is_derive
    (fun t => exp (moved t i) / sum_n_m (fun j => exp (moved t j)) 1 C)
    (z k)
    (softmax i * ((if Nat.eqb i k then 1 else 0) - softmax k)).
Proof.
  rewrite sum_n_m_is_total. intros Hi Hk.
  exact (softmax_jacobian C z i k ltac:(lia) Hk).
Qed.
