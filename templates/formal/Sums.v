(** Finite sums over an index, and what singles out some of their terms.

    Indices are natural numbers and count from 1, as on paper: an array is a function [nat -> R],
    a matrix [nat -> nat -> R]. *)

From Coq Require Export Reals Lra Lia Arith List.
Export ListNotations.
#[global] Open Scope R_scope.

(** * Sums *)

Fixpoint sum_over (l : list nat) (f : nat -> R) : R :=
  match l with
  | nil => 0
  | j :: rest => f j + sum_over rest f
  end.

(** The indices from [lo] to [hi], none where [hi < lo]. *)
Definition range (lo hi : nat) : list nat := seq lo (S hi - lo).

(** The same without those in [xs]. *)
Definition range_but (xs : list nat) (lo hi : nat) : list nat :=
  filter (fun j => negb (existsb (Nat.eqb j) xs)) (range lo hi).

(** [total lo hi f] is the sum of [f j] for [lo <= j <= hi]. *)
Notation total lo hi f := (sum_over (range lo hi) f).
Notation total_but xs lo hi f := (sum_over (range_but xs lo hi) f).

Lemma in_range lo hi j : In j (range lo hi) <-> (lo <= j <= hi)%nat.
Proof. unfold range. rewrite in_seq. lia. Qed.

Lemma for_range lo hi (P : nat -> Prop) :
  (forall j, (lo <= j <= hi)%nat -> P j) -> forall j, In j (range lo hi) -> P j.
Proof. intros H j Hj. apply H, in_range, Hj. Qed.

Lemma in_range_but xs lo hi j :
  In j (range_but xs lo hi) <-> (lo <= j <= hi)%nat /\ Forall (fun x => j <> x) xs.
Proof.
  unfold range_but. rewrite filter_In, in_range. apply and_iff_compat_l.
  rewrite Bool.negb_true_iff, <- Bool.not_true_iff_false, existsb_exists, Forall_forall.
  split.
  - intros H x Hx ->. apply H. exists x. split; [exact Hx | apply Nat.eqb_refl].
  - intros H [x [Hx E]]. apply Nat.eqb_eq in E. exact (H x Hx E).
Qed.

Lemma range_but_swap x y lo hi : range_but [x; y] lo hi = range_but [y; x] lo hi.
Proof. apply filter_ext. intros j. simpl. now destruct (Nat.eqb j x), (Nat.eqb j y). Qed.

Lemma sum_over_ext l f g : (forall j, In j l -> f j = g j) -> sum_over l f = sum_over l g.
Proof.
  induction l as [|a l IH]; intros H; simpl; [reflexivity|].
  rewrite (H a (or_introl eq_refl)), IH; [reflexivity | intros; apply H; now right].
Qed.

Lemma sum_over_plus l f g :
  sum_over l (fun j => f j + g j) = sum_over l f + sum_over l g.
Proof. induction l as [|a l IH]; simpl; [ring | rewrite IH; ring]. Qed.

Lemma sum_over_opp l f : sum_over l (fun j => - f j) = - sum_over l f.
Proof. induction l as [|a l IH]; simpl; [ring | rewrite IH; ring]. Qed.

Lemma sum_over_minus l f g :
  sum_over l (fun j => f j - g j) = sum_over l f - sum_over l g.
Proof. induction l as [|a l IH]; simpl; [ring | rewrite IH; ring]. Qed.

Lemma sum_over_scale l c f : sum_over l (fun j => c * f j) = c * sum_over l f.
Proof. induction l as [|a l IH]; simpl; [ring | rewrite IH; ring]. Qed.

Lemma sum_over_scale_right l c f : sum_over l (fun j => f j * c) = sum_over l f * c.
Proof. induction l as [|a l IH]; simpl; [ring | rewrite IH; ring]. Qed.

Lemma sum_over_constant l c : sum_over l (fun _ => c) = INR (length l) * c.
Proof.
  induction l as [|a l IH]; [simpl; ring|].
  change (c + sum_over l (fun _ => c) = INR (S (length l)) * c).
  rewrite IH, S_INR. ring.
Qed.

Lemma total_constant lo hi c :
  (lo <= S hi)%nat -> total lo hi (fun _ => c) = (INR hi - INR lo + 1) * c.
Proof.
  intros H. rewrite sum_over_constant. unfold range. rewrite seq_length, minus_INR by lia.
  rewrite S_INR. ring.
Qed.

Lemma sum_over_zero l f : (forall j, In j l -> f j = 0) -> sum_over l f = 0.
Proof.
  intros H. rewrite (sum_over_ext l f (fun _ => 0) H), sum_over_constant. ring.
Qed.

Lemma sum_over_exchange l m f :
  sum_over l (fun j => sum_over m (fun n => f j n))
  = sum_over m (fun n => sum_over l (fun j => f j n)).
Proof.
  induction m as [|a m IH]; cbn [sum_over].
  - apply sum_over_zero. reflexivity.
  - rewrite sum_over_plus, IH. reflexivity.
Qed.

Lemma sum_over_pos l f : l <> nil -> (forall j, In j l -> 0 < f j) -> 0 < sum_over l f.
Proof.
  induction l as [|a [|b l] IH]; intros Hl H; [easy | |].
  - simpl. rewrite Rplus_0_r. apply H. now left.
  - change (0 < f a + sum_over (b :: l) f). apply Rplus_lt_0_compat.
    + apply H. now left.
    + apply IH; [easy | intros; apply H; now right].
Qed.

Lemma total_pos lo hi f :
  (lo <= hi)%nat -> (forall j, (lo <= j <= hi)%nat -> 0 < f j) -> 0 < total lo hi f.
Proof.
  intros Hl H. apply sum_over_pos.
  - unfold range. intros E. apply (f_equal (@length nat)) in E.
    rewrite seq_length in E. cbn [length] in E. lia.
  - intros j Hj. apply H, in_range, Hj.
Qed.

Lemma sum_over_nonneg l f : (forall j, In j l -> 0 <= f j) -> 0 <= sum_over l f.
Proof.
  induction l as [|a l IH]; intros H; simpl; [lra|].
  apply Rplus_le_le_0_compat; [apply H; now left | apply IH; intros; apply H; now right].
Qed.

(** * One term of a sum *)

Lemma sum_over_single k l f :
  NoDup l -> In k l -> (forall j, In j l -> j <> k -> f j = 0) -> sum_over l f = f k.
Proof.
  induction l as [|a l IH]; intros D Hk H; [easy|].
  apply NoDup_cons_iff in D. destruct D as [Ha D]. simpl.
  destruct (Nat.eq_dec a k) as [->|Hne].
  - rewrite sum_over_zero; [ring|]. intros j Hj. apply H; [now right|].
    intros ->. now apply Ha.
  - destruct Hk as [->|Hk]; [easy|].
    rewrite IH; [rewrite H; [ring | now left | exact Hne] | exact D | exact Hk |].
    intros j Hj. apply H. now right.
Qed.

Lemma total_single k lo hi f :
  (lo <= k <= hi)%nat -> (forall j, (lo <= j <= hi)%nat -> j <> k -> f j = 0) ->
  total lo hi f = f k.
Proof.
  intros Hk H. apply (sum_over_single k).
  - apply seq_NoDup.
  - apply in_range, Hk.
  - intros j Hj. apply H, in_range, Hj.
Qed.

Lemma total_but_single k xs lo hi f :
  (lo <= k <= hi)%nat /\ Forall (fun x => k <> x) xs ->
  (forall j, (lo <= j <= hi)%nat /\ Forall (fun x => j <> x) xs -> j <> k -> f j = 0) ->
  total_but xs lo hi f = f k.
Proof.
  intros Hk H. apply (sum_over_single k).
  - apply NoDup_filter, seq_NoDup.
  - apply in_range_but, Hk.
  - intros j Hj. apply H, in_range_but, Hj.
Qed.

Lemma sum_over_filter_all p l f :
  (forall j, In j l -> p j = true) -> sum_over (filter p l) f = sum_over l f.
Proof.
  induction l as [|a l IH]; intros H; simpl; [reflexivity|].
  rewrite (H a (or_introl eq_refl)). simpl. rewrite IH; [reflexivity|].
  intros j Hj. apply H. now right.
Qed.

Lemma sum_over_exclude k p l f :
  p k = false -> (forall j, j <> k -> p j = true) -> NoDup l -> In k l ->
  sum_over l f = f k + sum_over (filter p l) f.
Proof.
  intros Pk Pj. induction l as [|a l IH]; intros D Hk; [easy|].
  apply NoDup_cons_iff in D. destruct D as [Ha D]. simpl.
  destruct (Nat.eq_dec a k) as [->|Hne].
  - rewrite Pk, sum_over_filter_all; [reflexivity|].
    intros j Hj. apply Pj. intros ->. now apply Ha.
  - destruct Hk as [->|Hk]; [easy|]. rewrite (Pj a Hne), (IH D Hk). simpl. ring.
Qed.

Lemma total_exclude k lo hi f :
  (lo <= k <= hi)%nat -> total lo hi f = f k + total_but [k] lo hi f.
Proof.
  intros Hk. apply sum_over_exclude; [| | apply seq_NoDup | apply in_range, Hk]; simpl.
  - now rewrite Nat.eqb_refl.
  - intros j Hj. now rewrite (proj2 (Nat.eqb_neq j k) Hj).
Qed.

(** * Sums over fewer indices *)

Lemma sum_over_app l m f : sum_over (l ++ m) f = sum_over l f + sum_over m f.
Proof. induction l as [|a l IH]; simpl; [ring | rewrite IH; ring]. Qed.

(** Where the terms outside of a narrower range vanish, it is the sum over that. *)
Lemma total_narrow lo hi lo' hi' f g :
  (lo <= lo')%nat -> (hi' <= hi)%nat ->
  (forall j, (lo <= j <= hi)%nat -> (lo' <= j <= hi')%nat -> f j = g j) ->
  (forall j, (lo <= j <= hi)%nat -> ~ (lo' <= j <= hi')%nat -> f j = 0) ->
  total lo hi f = total lo' hi' g.
Proof.
  intros Hlo Hhi Hin Hout.
  destruct (le_lt_dec lo' hi') as [Hne|He].
  - unfold range.
    replace (S hi - lo)%nat with ((lo' - lo) + ((S hi' - lo') + (hi - hi')))%nat by lia.
    rewrite seq_app, sum_over_app, seq_app, sum_over_app.
    replace (lo + (lo' - lo))%nat with lo' by lia.
    replace (lo' + (S hi' - lo'))%nat with (S hi') by lia.
    rewrite (sum_over_zero (seq lo (lo' - lo))), (sum_over_zero (seq (S hi') (hi - hi'))).
    + rewrite (sum_over_ext _ f g); [ring|].
      intros j Hj. apply in_seq in Hj. apply Hin; lia.
    + intros j Hj. apply in_seq in Hj. apply Hout; lia.
    + intros j Hj. apply in_seq in Hj. apply Hout; lia.
  - rewrite (sum_over_zero (range lo hi)), (sum_over_zero (range lo' hi')); [reflexivity| |].
    + intros j Hj. apply in_range in Hj. lia.
    + intros j Hj. apply in_range in Hj. apply Hout; lia.
Qed.

(** A sum in two. *)
Lemma total_apart k lo hi f :
  (lo <= S k)%nat -> (k <= hi)%nat -> total lo hi f = total lo k f + total (k + 1) hi f.
Proof.
  intros Hl Hh. unfold range.
  replace (S hi - lo)%nat with ((S k - lo) + (S hi - (k + 1)))%nat by lia.
  rewrite seq_app, sum_over_app.
  now replace (lo + (S k - lo))%nat with (k + 1)%nat by lia.
Qed.

(** A sum and its last term, or its first. *)
Lemma total_last k lo m f : (lo <= k)%nat -> (m + 1)%nat = k -> total lo k f = total lo m f + f k.
Proof.
  intros Hl Hm. rewrite (total_apart m lo k f), (total_single k (m + 1) k f) by lia. ring.
Qed.

Lemma total_first k m hi f : (k <= hi)%nat -> m = (k + 1)%nat -> total k hi f = f k + total m hi f.
Proof.
  intros Hl ->. rewrite (total_apart k k hi f), (total_single k k k f) by lia. ring.
Qed.

(** The sums below an index and above it. *)
Lemma total_around k lo m n hi f g h :
  (lo <= k <= hi)%nat -> (m + 1)%nat = k -> n = (k + 1)%nat ->
  (forall j, (lo <= j <= m)%nat -> f j = h j) -> (forall j, (n <= j <= hi)%nat -> g j = h j) ->
  total lo m f + total n hi g = total_but [k] lo hi h.
Proof.
  intros Hk Hm -> Hf Hg.
  rewrite (sum_over_ext (range lo m) f h), (sum_over_ext (range (k + 1) hi) g h).
  - apply (Rplus_eq_reg_l (h k)). rewrite <- (total_exclude k lo hi h) by lia.
    rewrite (total_apart m lo hi h), (total_apart k (m + 1) hi h) by lia.
    rewrite (total_single k (m + 1) k h) by lia. ring.
  - intros j Hj. apply in_range in Hj. apply Hg; lia.
  - intros j Hj. apply in_range in Hj. apply Hf; lia.
Qed.

Lemma total_empty lo hi f : (hi < lo)%nat -> total lo hi f = 0.
Proof. intros H. unfold range. now replace (S hi - lo)%nat with 0%nat by lia. Qed.

Lemma total_but_empty xs lo hi f : (hi < lo)%nat -> total_but xs lo hi f = 0.
Proof. intros H. unfold range_but, range. now replace (S hi - lo)%nat with 0%nat by lia. Qed.

(** * Kronecker's delta, brackets, a value for each of two cases *)

Definition delta (i j : nat) : R := if Nat.eqb i j then 1 else 0.
Definition bracket (i j : nat) : R := if Nat.leb i j then 1 else 0.
Definition choice (i j : nat) (same other : R) : R := if Nat.eqb i j then same else other.

Lemma delta_same i j : i = j -> delta i j = 1.
Proof. intros ->. unfold delta. now rewrite Nat.eqb_refl. Qed.

Lemma delta_apart i j : i <> j -> delta i j = 0.
Proof. intros H. unfold delta. now rewrite (proj2 (Nat.eqb_neq i j) H). Qed.

Lemma delta_as i j k l : (i = j <-> k = l) -> delta i j = delta k l.
Proof. intros H. unfold delta. destruct (Nat.eqb_spec i j), (Nat.eqb_spec k l); tauto. Qed.

Lemma delta_power i j n : (0 < n)%nat -> delta i j ^ n = delta i j.
Proof.
  intros H. unfold delta. destruct (Nat.eqb i j); [apply pow1 | apply pow_ne_zero; lia].
Qed.

Lemma delta_nonneg i j : 0 <= delta i j.
Proof. unfold delta. destruct (Nat.eqb i j); lra. Qed.

Lemma mask_nonneg i j : 0 <= 1 - delta i j.
Proof. unfold delta. destruct (Nat.eqb i j); lra. Qed.

Lemma bracket_true i j : (i <= j)%nat -> bracket i j = 1.
Proof. intros H. unfold bracket. now rewrite (proj2 (Nat.leb_le i j) H). Qed.

Lemma bracket_false i j : ~ (i <= j)%nat -> bracket i j = 0.
Proof. intros H. unfold bracket. now rewrite (proj2 (Nat.leb_nle i j) H). Qed.

Lemma bracket_as i j k l : ((i <= j)%nat <-> (k <= l)%nat) -> bracket i j = bracket k l.
Proof. intros H. unfold bracket. destruct (Nat.leb_spec i j), (Nat.leb_spec k l); auto; lia. Qed.

Lemma choice_cases i j same other value :
  (i = j -> same = value) -> (i <> j -> other = value) -> choice i j same other = value.
Proof. intros Hs Ho. unfold choice. destruct (Nat.eqb_spec i j); auto. Qed.

Lemma delta_choice i j a : delta i j * a = choice i j a 0.
Proof. unfold choice, delta. destruct (Nat.eqb i j); ring. Qed.

(** * The largest value *)

(** Of no values it is just a number. *)
Definition max_over (l : list nat) (f : nat -> R) : R :=
  match l with
  | nil => 0
  | first :: rest => fold_right (fun j most => Rmax (f j) most) (f first) rest
  end.
Notation maximum lo hi f := (max_over (range lo hi) f).
Notation maximum_but xs lo hi f := (max_over (range_but xs lo hi) f).

Lemma range_some lo hi : (lo <= hi)%nat -> range lo hi <> nil.
Proof. intros H E. apply (in_nil (a := lo)). rewrite <- E. apply in_range. lia. Qed.

Lemma range_but_some xs lo hi : (lo + length xs <= hi)%nat -> range_but xs lo hi <> nil.
Proof.
  intros H E. assert (I : incl (range lo hi) xs).
  { intros j Hj. destruct (in_dec Nat.eq_dec j xs) as [I|I]; [exact I|exfalso].
    apply (in_nil (a := j)). rewrite <- E. apply in_range_but. split; [now apply in_range|].
    apply Forall_forall. intros x Hx ->. now apply I. }
  apply NoDup_incl_length in I; [|apply seq_NoDup]. unfold range in I. rewrite seq_length in I. lia.
Qed.
