Theorem weights_in_plain_words (C D : nat) (a b y : nat -> R) (W : nat -> nat -> R) (k l : nat) :
  (1 <= k <= C)%nat -> (1 <= l <= D)%nat -> sum_n_m y 1 C = 1 ->
  let moved t i m := if (Nat.eqb i k && Nat.eqb m l)%bool then t else W i m in
  let z W i := sum_n_m (fun m => W i m * a m) 1 D + b i in
  let softmax z i := exp (z i) / sum_n_m (fun j => exp (z j)) 1 C in
  is_derive
    (fun t => - sum_n_m (fun i => y i * ln (softmax (z (moved t)) i)) 1 C)
    (W k l)
    ((softmax (z W) k - y k) * a l).
Proof.
  rewrite sum_n_m_is_total. intros Hk Hl Hy.
  exact (weights C D a y Hy W b k l ltac:(lia) ltac:(lia) Hk Hl).
Qed.

Theorem bias_in_plain_words (C D : nat) (a b y : nat -> R) (W : nat -> nat -> R) (k : nat) :
  (1 <= D)%nat -> (1 <= k <= C)%nat -> sum_n_m y 1 C = 1 ->
  let moved t i := if Nat.eqb i k then t else b i in
  let z b i := sum_n_m (fun m => W i m * a m) 1 D + b i in
  let softmax z i := exp (z i) / sum_n_m (fun j => exp (z j)) 1 C in
  is_derive
    (fun t => - sum_n_m (fun i => y i * ln (softmax (z (moved t)) i)) 1 C)
    (b k)
    (softmax (z b) k - y k).
Proof.
  rewrite sum_n_m_is_total. intros HD Hk Hy.
  exact (bias C D a y Hy W b k ltac:(lia) HD Hk).
Qed.
