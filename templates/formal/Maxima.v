(** The largest value over an index: which index attains it, and derivatives where one alone does. *)

From Coquelicot Require Import ElemFct.
From Derive Require Export Kinks.

(** * The first index at which a function is largest *)

Definition argmax (lo hi : nat) (f : nat -> R) : nat :=
  fold_right (fun j best => if Rle_dec (f best) (f j) then j else best) hi (range lo hi).

(** Iverson's bracket [k = argmax]. *)
Definition attains (lo hi : nat) (f : nat -> R) (k : nat) : R := delta k (argmax lo hi f).

(** No other index attains the maximum. *)
Definition untied (lo hi : nat) (f : nat -> R) : Prop :=
  forall j, (lo <= j <= hi)%nat -> j <> argmax lo hi f -> f j <> f (argmax lo hi f).

Lemma fold_argmax f hi (l : list nat) :
  let best := fold_right (fun j best => if Rle_dec (f best) (f j) then j else best) hi l in
  (best = hi \/ In best l) /\ f hi <= f best /\ forall j, In j l -> f j <= f best.
Proof.
  induction l as [|a l [IHin [IHhi IHl]]]; simpl.
  - split; [now left | split; [apply Rle_refl | intros j []]].
  - destruct (Rle_dec _ (f a)) as [H|H].
    + split; [now right; left | split; [lra|]]. intros j [<-|Hj]; [apply Rle_refl|].
      specialize (IHl j Hj). lra.
    + split; [destruct IHin; auto | split; [lra|]]. intros j [<-|Hj]; [lra | auto].
Qed.

Lemma argmax_range lo hi f : (lo <= hi)%nat -> (lo <= argmax lo hi f <= hi)%nat.
Proof.
  intros H. destruct (fold_argmax f hi (range lo hi)) as [[E|I] _]; unfold argmax.
  - rewrite E. lia.
  - now apply in_range in I.
Qed.

Lemma argmax_largest lo hi f j : (lo <= j <= hi)%nat -> f j <= f (argmax lo hi f).
Proof. intros H. apply (fold_argmax f hi (range lo hi)), in_range, H. Qed.

Lemma maximum_bound lo hi f b :
  (forall j, (lo <= j <= hi)%nat -> f j <= b) -> (lo <= hi)%nat -> maximum lo hi f <= b.
Proof.
  intros H Hl. unfold maximum.
  assert (G : forall l, (forall j, In j l -> f j <= b) ->
    fold_right (fun j most => Rmax (f j) most) (f lo) l <= b).
  { induction l as [|a l IH]; intros HI; simpl; [apply H; lia|].
    apply Rmax_lub; [apply HI; now left | apply IH; intros j Hj; apply HI; now right]. }
  apply G. intros j Hj. apply H, in_range, Hj.
Qed.

Lemma maximum_above lo hi f j : (lo <= j <= hi)%nat -> f j <= maximum lo hi f.
Proof.
  intros H. unfold maximum. apply in_range in H.
  induction (range lo hi) as [|a l IH]; [destruct H|]. simpl. destruct H as [<-|H].
  - apply Rmax_l.
  - eapply Rle_trans; [apply IH, H | apply Rmax_r].
Qed.

(** The maximum is the value at that index, and at any other that is as large. *)
Lemma maximum_at lo hi f k : (lo <= k <= hi)%nat ->
  (forall j, (lo <= j <= hi)%nat -> f j <= f k) -> maximum lo hi f = f k.
Proof.
  intros Hk H. apply Rle_antisym; [apply maximum_bound; [exact H | lia] | now apply maximum_above].
Qed.

Lemma argmax_alone lo hi f k : (lo <= k <= hi)%nat ->
  (forall j, (lo <= j <= hi)%nat -> j <> k -> f j < f k) -> argmax lo hi f = k.
Proof.
  intros Hk H. destruct (Nat.eq_dec (argmax lo hi f) k) as [E|E]; [exact E|exfalso].
  assert (R : (lo <= argmax lo hi f <= hi)%nat) by (apply argmax_range; lia).
  specialize (H _ R E). pose proof (argmax_largest lo hi f k Hk). lra.
Qed.

Lemma untied_below lo hi f : untied lo hi f ->
  forall j, (lo <= j <= hi)%nat -> j <> argmax lo hi f -> 0 < f (argmax lo hi f) - f j.
Proof.
  intros U j Hj E. pose proof (argmax_largest lo hi f j Hj). specialize (U j Hj E). lra.
Qed.

Lemma argmax_ext lo hi f g : (lo <= hi)%nat ->
  (forall j, (lo <= j <= hi)%nat -> f j = g j) -> argmax lo hi f = argmax lo hi g.
Proof.
  intros Hl H. unfold argmax.
  assert (G : forall l, (forall j, In j l -> (lo <= j <= hi)%nat) ->
    let best h := fold_right (fun j best => if Rle_dec (h best) (h j) then j else best) hi l in
    best f = best g /\ (lo <= best g <= hi)%nat).
  { induction l as [|a l IH]; intros HI; simpl; [split; [reflexivity | lia]|].
    destruct IH as [E R]; [intros j Hj; apply HI; now right|].
    assert (Ha : (lo <= a <= hi)%nat) by (apply HI; now left).
    simpl in E, R. rewrite E, (H a Ha), (H _ R). destruct (Rle_dec _ _); auto. }
  apply G. intros j Hj. now apply in_range.
Qed.

(** * The bracket *)

Lemma place_attains lo hi f g k : (lo <= hi)%nat ->
  (forall j, (lo <= j <= hi)%nat -> f j = g j) -> attains lo hi f k = attains lo hi g k.
Proof. intros Hl H. unfold attains. now rewrite (argmax_ext lo hi f g Hl H). Qed.

Lemma attains_sum lo hi f (g : nat -> R) : (lo <= hi)%nat ->
  sum_over (range lo hi) (fun k => attains lo hi f k * g k) = g (argmax lo hi f).
Proof.
  intros H. unfold attains. rewrite (total_single (argmax lo hi f)).
  - rewrite delta_same by reflexivity. ring.
  - now apply argmax_range.
  - intros j _ N. rewrite delta_apart by exact N. ring.
Qed.
Lemma attains_total lo hi f : (lo <= hi)%nat ->
  sum_over (range lo hi) (fun k => attains lo hi f k) = 1.
Proof.
  intros H. rewrite <- (attains_sum lo hi f (fun _ => 1) H). apply sum_over_ext.
  intros k _. ring.
Qed.

Lemma attains_nonneg lo hi f k : 0 <= attains lo hi f k.
Proof. apply delta_nonneg. Qed.

(** * Derivatives *)

Section Derivatives.
Context {X : Type} (c : coord X).
Implicit Types (F : X -> nat -> R) (x : X).

(** The same index attains the maximum nearby. *)
Lemma near_argmax lo hi F x : (lo <= hi)%nat ->
  (forall j, (lo <= j <= hi)%nat -> ex_pd c (fun u => F u j) x) -> untied lo hi (F x) ->
  near c (fun u => forall j, (lo <= j <= hi)%nat -> j <> argmax lo hi (F x) ->
    F u j < F u (argmax lo hi (F x))) x.
Proof.
  intros Hl D U. apply near_range. intros j Hj.
  destruct (Nat.eq_dec j (argmax lo hi (F x))) as [E|E].
  - apply near_always. intros u N. now destruct N.
  - unfold near.
    assert (P : locally (get c x)
      (fun t => 0 < F (put c x t) (argmax lo hi (F x)) - F (put c x t) j)).
    { apply (locally_positive (fun t => F (put c x t) (argmax lo hi (F x)) - F (put c x t) j)).
      - apply (ex_pd_minus c (fun u => F u (argmax lo hi (F x))) (fun u => F u j));
          apply D; [now apply argmax_range | exact Hj].
      - rewrite put_get. now apply untied_below. }
    refine (filter_imp _ _ _ P). intros t Ht _. lra.
Qed.

Lemma near_maximum lo hi F x : (lo <= hi)%nat ->
  (forall j, (lo <= j <= hi)%nat -> ex_pd c (fun u => F u j) x) -> untied lo hi (F x) ->
  near c (fun u => F u (argmax lo hi (F x)) = maximum lo hi (F u)) x.
Proof.
  intros Hl D U. refine (filter_imp _ _ _ (near_argmax lo hi F x Hl D U)). intros t Ht.
  symmetry. apply maximum_at; [now apply argmax_range|]. intros j Hj.
  destruct (Nat.eq_dec j (argmax lo hi (F x))) as [->|E]; [apply Rle_refl|].
  apply Rlt_le, (Ht j Hj E).
Qed.

Lemma pd_maximum lo hi F x : (lo <= hi)%nat ->
  (forall j, (lo <= j <= hi)%nat -> ex_pd c (fun u => F u j) x) -> untied lo hi (F x) ->
  pd c (fun u => maximum lo hi (F u)) x
  = sum_over (range lo hi) (fun k => attains lo hi (F x) k * pd c (fun u => F u k) x).
Proof.
  intros Hl D U. rewrite (attains_sum lo hi (F x) (fun k => pd c (fun u => F u k) x) Hl).
  symmetry. apply pd_near, near_maximum; assumption.
Qed.
Lemma ex_pd_maximum lo hi F x : (lo <= hi)%nat ->
  (forall j, (lo <= j <= hi)%nat -> ex_pd c (fun u => F u j) x) -> untied lo hi (F x) ->
  ex_pd c (fun u => maximum lo hi (F u)) x.
Proof.
  intros Hl D U. apply (ex_pd_near c (fun u => F u (argmax lo hi (F x)))).
  - now apply near_maximum.
  - apply D. now apply argmax_range.
Qed.

Lemma near_untied lo hi F x : (lo <= hi)%nat ->
  (forall j, (lo <= j <= hi)%nat -> ex_pd c (fun u => F u j) x) -> untied lo hi (F x) ->
  near c (fun u => untied lo hi (F u)) x.
Proof.
  intros Hl D U. refine (filter_imp _ _ _ (near_argmax lo hi F x Hl D U)). intros t Ht.
  rewrite <- (argmax_alone lo hi (F (put c x t)) _ (argmax_range lo hi (F x) Hl) Ht) in Ht.
  intros j Hj N. specialize (Ht j Hj N). lra.
Qed.

Lemma near_attains lo hi F k x : (lo <= hi)%nat ->
  (forall j, (lo <= j <= hi)%nat -> ex_pd c (fun u => F u j) x) -> untied lo hi (F x) ->
  near c (fun u => attains lo hi (F x) k = attains lo hi (F u) k) x.
Proof.
  intros Hl D U. refine (filter_imp _ _ _ (near_argmax lo hi F x Hl D U)). intros t Ht.
  unfold attains. f_equal. symmetry. apply argmax_alone; [now apply argmax_range | exact Ht].
Qed.

Lemma pd_attains lo hi F k x : (lo <= hi)%nat ->
  (forall j, (lo <= j <= hi)%nat -> ex_pd c (fun u => F u j) x) -> untied lo hi (F x) ->
  pd c (fun u => attains lo hi (F u) k) x = 0.
Proof.
  intros Hl D U. rewrite <- (pd_constant c (attains lo hi (F x) k) x). symmetry.
  apply pd_near, near_attains; assumption.
Qed.
Lemma ex_pd_attains lo hi F k x : (lo <= hi)%nat ->
  (forall j, (lo <= j <= hi)%nat -> ex_pd c (fun u => F u j) x) -> untied lo hi (F x) ->
  ex_pd c (fun u => attains lo hi (F u) k) x.
Proof.
  intros Hl D U. apply (ex_pd_near c (fun _ => attains lo hi (F x) k)).
  - now apply near_attains.
  - apply ex_pd_constant.
Qed.
End Derivatives.
