(** Products over an index. *)

From Derive Require Export Maxima.

Definition prod_over (l : list nat) (f : nat -> R) : R :=
  fold_right (fun j rest => f j * rest) 1 l.
Notation product lo hi f := (prod_over (range lo hi) f).
Notation product_but xs lo hi f := (prod_over (range_but xs lo hi) f).

Lemma prod_over_ext l f g : (forall j, In j l -> f j = g j) -> prod_over l f = prod_over l g.
Proof.
  induction l as [|a l IH]; intros H; simpl; [reflexivity|].
  rewrite (H a (or_introl eq_refl)), IH; [reflexivity|]. intros j Hj. apply H. now right.
Qed.

Lemma prod_over_pos l f : (forall j, In j l -> 0 < f j) -> 0 < prod_over l f.
Proof.
  induction l as [|a l IH]; intros H; simpl; [lra|].
  apply Rmult_lt_0_compat; [apply H; now left | apply IH; intros j Hj; apply H; now right].
Qed.

Lemma prod_over_app l m f : prod_over (l ++ m) f = prod_over l f * prod_over m f.
Proof. induction l as [|a l IH]; simpl; [|rewrite IH]; ring. Qed.

(** All factors but one. *)
Definition others (k : nat) (l : list nat) : list nat := filter (fun j => negb (Nat.eqb j k)) l.

Lemma others_none k l : ~ In k l -> others k l = l.
Proof.
  induction l as [|a l IH]; intros H; simpl; [reflexivity|].
  destruct (Nat.eqb_spec a k) as [->|N]; simpl.
  - destruct H. now left.
  - f_equal. apply IH. intros I. apply H. now right.
Qed.

Lemma others_of_range k lo hi : others k (range lo hi) = range_but [k] lo hi.
Proof.
  unfold others, range_but. apply filter_ext. intros j. simpl. now rewrite Bool.orb_false_r.
Qed.

Lemma others_of_range_but k xs lo hi : others k (range_but xs lo hi) = range_but (k :: xs) lo hi.
Proof.
  unfold others, range_but. induction (range lo hi) as [|a l IH]; cbn [filter]; [reflexivity|].
  change (existsb (Nat.eqb a) (k :: xs)) with (Nat.eqb a k || existsb (Nat.eqb a) xs)%bool.
  destruct (existsb (Nat.eqb a) xs); cbn [negb filter].
  - now rewrite Bool.orb_true_r.
  - rewrite IH, Bool.orb_false_r. now destruct (Nat.eqb a k).
Qed.

Lemma range_but_same xs ys lo hi :
  (forall j, existsb (Nat.eqb j) xs = existsb (Nat.eqb j) ys) ->
  range_but xs lo hi = range_but ys lo hi.
Proof. intros H. unfold range_but. apply filter_ext. intros j. now rewrite H. Qed.

Lemma prod_over_split k l f : NoDup l -> In k l ->
  prod_over l f = f k * prod_over (others k l) f.
Proof.
  induction l as [|a l IH]; intros D Hk; [easy|].
  apply NoDup_cons_iff in D. destruct D as [Ha D]. simpl.
  destruct (Nat.eqb_spec a k) as [->|N]; simpl.
  - now rewrite others_none.
  - destruct Hk as [E|Hk]; [contradiction|]. rewrite (IH D Hk). ring.
Qed.

Lemma product_rejoin k lo hi f : (lo <= k <= hi)%nat ->
  f k * product_but [k] lo hi f = product lo hi f.
Proof.
  intros H. rewrite <- others_of_range. symmetry. apply prod_over_split.
  - apply seq_NoDup.
  - apply in_range, H.
Qed.

Lemma product_constant lo hi a n : (S hi - lo = n)%nat -> product lo hi (fun _ => a) = a ^ n.
Proof.
  intros <-. unfold range. generalize (S hi - lo)%nat. intros m. revert lo.
  induction m as [|m IH]; intros start; simpl.
  - reflexivity.
  - now rewrite IH.
Qed.

Lemma prod_over_exp l f : prod_over l (fun j => exp (f j)) = exp (sum_over l f).
Proof.
  induction l as [|a l IH]; simpl; [now rewrite exp_0|]. now rewrite IH, exp_plus.
Qed.

Lemma ln_prod_over l f : (forall j, In j l -> 0 < f j) ->
  ln (prod_over l f) = sum_over l (fun j => ln (f j)).
Proof.
  induction l as [|a l IH]; intros H; simpl; [apply ln_1|].
  assert (P : forall j, In j l -> 0 < f j) by (intros j Hj; apply H; now right).
  rewrite ln_mult, IH; [reflexivity | exact P | apply H; now left | now apply prod_over_pos].
Qed.

(** * Derivatives *)

Section Derivatives.
Context {X : Type} (c : coord X).
Implicit Types (F : nat -> X -> R) (x : X).

Lemma ex_pd_prod l F x : (forall j, In j l -> ex_pd c (F j) x) ->
  ex_pd c (fun u => prod_over l (fun j => F j u)) x.
Proof.
  induction l as [|a l IH]; intros H; simpl; [apply ex_pd_constant|].
  apply (ex_pd_mult c (F a) (fun u => prod_over l (fun j => F j u))).
  - apply H. now left.
  - apply IH. intros j Hj. apply H. now right.
Qed.

Lemma pd_prod l F x : NoDup l -> (forall j, In j l -> ex_pd c (F j) x) ->
  pd c (fun u => prod_over l (fun j => F j u)) x
  = sum_over l (fun k => pd c (F k) x * prod_over (others k l) (fun j => F j x)).
Proof.
  induction l as [|a l IH]; intros D H; simpl; [apply pd_constant|].
  apply NoDup_cons_iff in D. destruct D as [Ha D].
  rewrite (pd_mult c (F a) (fun u => prod_over l (fun j => F j u))), IH.
  - f_equal.
    + rewrite Nat.eqb_refl. simpl. now rewrite others_none.
    + rewrite <- sum_over_scale. apply sum_over_ext. intros k Hk.
      destruct (Nat.eqb_spec a k) as [->|N]; [contradiction|]. simpl. ring.
  - exact D.
  - intros j Hj. apply H. now right.
  - apply H. now left.
  - apply ex_pd_prod. intros j Hj. apply H. now right.
Qed.
End Derivatives.
