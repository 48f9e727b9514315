(** The largest value over an index: which index attains it, and derivatives where one alone does.

    The indices are those of a list that has some: a range, or one that leaves indices out. *)

From Coquelicot Require Import ElemFct.
From Derive Require Export Kinks.

(** * The first index at which a function is largest *)

Definition argmax_over (l : list nat) (f : nat -> R) : nat :=
  fold_right (fun j best => if Rle_dec (f best) (f j) then j else best) (last l 0%nat) l.

(** Iverson's bracket [k = argmax]. *)
Definition attains_over (l : list nat) (f : nat -> R) (k : nat) : R :=
  match l with nil => 0 | _ :: _ => delta k (argmax_over l f) end.
Notation attains lo hi f k := (attains_over (range lo hi) f k).
Notation attains_but xs lo hi f k := (attains_over (range_but xs lo hi) f k).

(** No other index attains the maximum. *)
Definition untied_over (l : list nat) (f : nat -> R) : Prop :=
  forall j, In j l -> j <> argmax_over l f -> f j <> f (argmax_over l f).
Notation untied lo hi f := (untied_over (range lo hi) f).
Notation untied_but xs lo hi f := (untied_over (range_but xs lo hi) f).

Lemma last_in (l : list nat) d : l <> nil -> In (last l d) l.
Proof.
  induction l as [|a l IH]; intros H; [easy|]. destruct l as [|b l]; [now left|].
  right. now apply IH.
Qed.

Lemma fold_argmax f start (l : list nat) :
  let best := fold_right (fun j best => if Rle_dec (f best) (f j) then j else best) start l in
  (best = start \/ In best l) /\ forall j, In j l -> f j <= f best.
Proof.
  induction l as [|a l [IHin IHl]]; simpl.
  - split; [now left | intros j []].
  - destruct (Rle_dec _ (f a)) as [H|H].
    + split; [now right; left|]. intros j [<-|Hj]; [apply Rle_refl|].
      specialize (IHl j Hj). lra.
    + split; [destruct IHin; auto|]. intros j [<-|Hj]; [lra | auto].
Qed.

Lemma argmax_in l f : l <> nil -> In (argmax_over l f) l.
Proof.
  intros H. destruct (fold_argmax f (last l 0%nat) l) as [[E|I] _]; unfold argmax_over.
  - rewrite E. now apply last_in.
  - exact I.
Qed.

Lemma argmax_largest l f j : In j l -> f j <= f (argmax_over l f).
Proof. intros H. apply (fold_argmax f (last l 0%nat) l), H. Qed.

(** The maximum is the value at that index, and at any other that is as large. *)
Lemma max_over_at l f k : In k l -> (forall j, In j l -> f j <= f k) -> max_over l f = f k.
Proof.
  intros Hk H. destruct l as [|a l]; [destruct Hk|]. unfold max_over. apply Rle_antisym.
  - assert (G : forall m, incl m l -> fold_right (fun j most => Rmax (f j) most) (f a) m <= f k).
    { induction m as [|b m IH]; intros I; simpl; [apply H; now left|].
      apply Rmax_lub; [apply H; right; apply I; now left|]. apply IH. intros j Hj. apply I. now right. }
    apply G, incl_refl.
  - clear H. revert Hk. induction l as [|b l IH]; intros [<-|Hk]; simpl.
    + apply Rle_refl.
    + destruct Hk.
    + eapply Rle_trans; [apply IH; now left | apply Rmax_r].
    + destruct Hk as [<-|Hk]; [apply Rmax_l|].
      eapply Rle_trans; [apply IH; now right | apply Rmax_r].
Qed.

Lemma argmax_alone l f k : In k l ->
  (forall j, In j l -> j <> k -> f j < f k) -> argmax_over l f = k.
Proof.
  intros Hk H. destruct (Nat.eq_dec (argmax_over l f) k) as [E|E]; [exact E|exfalso].
  assert (I : In (argmax_over l f) l) by (apply argmax_in; intros ->; destruct Hk).
  specialize (H _ I E). pose proof (argmax_largest l f k Hk). lra.
Qed.

Lemma untied_below l f : untied_over l f ->
  forall j, In j l -> j <> argmax_over l f -> 0 < f (argmax_over l f) - f j.
Proof.
  intros U j Hj E. pose proof (argmax_largest l f j Hj). specialize (U j Hj E). lra.
Qed.

Lemma argmax_ext l f g : (forall j, In j l -> f j = g j) -> argmax_over l f = argmax_over l g.
Proof.
  intros H. unfold argmax_over. destruct l as [|a l]; [reflexivity|].
  set (start := last (a :: l) 0%nat).
  assert (S : In start (a :: l)) by (apply last_in; discriminate).
  assert (G : forall m, incl m (a :: l) ->
    let best h := fold_right (fun j best => if Rle_dec (h best) (h j) then j else best) start m in
    best f = best g /\ In (best g) (a :: l)).
  { induction m as [|b m IH]; intros I; simpl; [split; [reflexivity | exact S]|].
    destruct IH as [E R]; [intros j Hj; apply I; now right|].
    assert (Hb : In b (a :: l)) by (apply I; now left).
    simpl in E, R. rewrite E, (H b Hb), (H _ R). destruct (Rle_dec _ _); auto. }
  apply G, incl_refl.
Qed.

(** * The bracket *)

Lemma place_attains l f g k :
  (forall j, In j l -> f j = g j) -> attains_over l f k = attains_over l g k.
Proof. intros H. unfold attains_over. now rewrite (argmax_ext l f g H). Qed.

Lemma attains_some l f k : l <> nil -> attains_over l f k = delta k (argmax_over l f).
Proof. now destruct l. Qed.

Lemma attains_sum l f (g : nat -> R) : l <> nil -> NoDup l ->
  sum_over l (fun k => attains_over l f k * g k) = g (argmax_over l f).
Proof.
  intros H D. rewrite (sum_over_single (argmax_over l f) _ _ D (argmax_in l f H)).
  - rewrite attains_some, delta_same by auto. ring.
  - intros j _ N. rewrite attains_some, delta_apart by assumption. ring.
Qed.
Lemma attains_total l f : l <> nil -> NoDup l -> sum_over l (fun k => attains_over l f k) = 1.
Proof.
  intros H D. rewrite <- (attains_sum l f (fun _ => 1) H D). apply sum_over_ext.
  intros k _. ring.
Qed.

Lemma attains_largest l f : l <> nil -> NoDup l ->
  sum_over l (fun k => attains_over l f k * f k) = max_over l f.
Proof.
  intros H D. rewrite (attains_sum l f f H D). symmetry.
  apply max_over_at; [now apply argmax_in | intros j; apply argmax_largest].
Qed.

Lemma attains_nonneg l f k : 0 <= attains_over l f k.
Proof. destruct l; [apply Rle_refl | apply delta_nonneg]. Qed.

Lemma attains_left_out xs lo hi f k : In k xs -> attains_but xs lo hi f k = 0.
Proof.
  intros Hk. destruct (list_eq_dec Nat.eq_dec (range_but xs lo hi) nil) as [->|H]; [reflexivity|].
  rewrite attains_some by exact H. apply delta_apart. intros E.
  pose proof (argmax_in _ f H) as I. rewrite <- E in I. apply in_range_but in I. destruct I as [_ I]. rewrite Forall_forall in I. now apply (I k Hk).
Qed.

(** * Derivatives *)

Section Derivatives.
Context {X : Type} (c : coord X).
Implicit Types (F : X -> nat -> R) (x : X).

(** The same index attains the maximum nearby. *)
Lemma near_argmax l F x : l <> nil ->
  (forall j, In j l -> ex_pd c (fun u => F u j) x) -> untied_over l (F x) ->
  near c (fun u => forall j, In j l -> j <> argmax_over l (F x) ->
    F u j < F u (argmax_over l (F x))) x.
Proof.
  intros Hl D U. apply near_over. intros j Hj.
  destruct (Nat.eq_dec j (argmax_over l (F x))) as [E|E].
  - apply near_always. intros u N. now destruct N.
  - unfold near.
    assert (P : locally (get c x)
      (fun t => 0 < F (put c x t) (argmax_over l (F x)) - F (put c x t) j)).
    { apply (locally_positive (fun t => F (put c x t) (argmax_over l (F x)) - F (put c x t) j)).
      - apply (ex_pd_minus c (fun u => F u (argmax_over l (F x))) (fun u => F u j));
          apply D; [now apply argmax_in | exact Hj].
      - rewrite put_get. now apply untied_below. }
    refine (filter_imp _ _ _ P). intros t Ht _. lra.
Qed.

Lemma near_max_over l F x : l <> nil ->
  (forall j, In j l -> ex_pd c (fun u => F u j) x) -> untied_over l (F x) ->
  near c (fun u => F u (argmax_over l (F x)) = max_over l (F u)) x.
Proof.
  intros Hl D U. refine (filter_imp _ _ _ (near_argmax l F x Hl D U)). intros t Ht.
  symmetry. apply max_over_at; [now apply argmax_in|]. intros j Hj.
  destruct (Nat.eq_dec j (argmax_over l (F x))) as [->|E]; [apply Rle_refl|].
  apply Rlt_le, (Ht j Hj E).
Qed.

Lemma pd_max_over l F x : l <> nil -> NoDup l ->
  (forall j, In j l -> ex_pd c (fun u => F u j) x) -> untied_over l (F x) ->
  pd c (fun u => max_over l (F u)) x
  = sum_over l (fun k => attains_over l (F x) k * pd c (fun u => F u k) x).
Proof.
  intros Hl N D U. rewrite (attains_sum l (F x) (fun k => pd c (fun u => F u k) x) Hl N).
  symmetry. apply pd_near, near_max_over; assumption.
Qed.
Lemma ex_pd_max_over l F x : l <> nil ->
  (forall j, In j l -> ex_pd c (fun u => F u j) x) -> untied_over l (F x) ->
  ex_pd c (fun u => max_over l (F u)) x.
Proof.
  intros Hl D U. apply (ex_pd_near c (fun u => F u (argmax_over l (F x)))).
  - now apply near_max_over.
  - apply D. now apply argmax_in.
Qed.

Lemma near_untied l F x : l <> nil ->
  (forall j, In j l -> ex_pd c (fun u => F u j) x) -> untied_over l (F x) ->
  near c (fun u => untied_over l (F u)) x.
Proof.
  intros Hl D U. refine (filter_imp _ _ _ (near_argmax l F x Hl D U)). intros t Ht.
  rewrite <- (argmax_alone l (F (put c x t)) _ (argmax_in l (F x) Hl) Ht) in Ht.
  intros j Hj N. specialize (Ht j Hj N). lra.
Qed.

Lemma near_attains l F k x : l <> nil ->
  (forall j, In j l -> ex_pd c (fun u => F u j) x) -> untied_over l (F x) ->
  near c (fun u => attains_over l (F x) k = attains_over l (F u) k) x.
Proof.
  intros Hl D U. refine (filter_imp _ _ _ (near_argmax l F x Hl D U)). intros t Ht.
  rewrite !attains_some by exact Hl. f_equal. symmetry.
  apply argmax_alone; [now apply argmax_in | exact Ht].
Qed.

Lemma pd_attains l F k x : l <> nil ->
  (forall j, In j l -> ex_pd c (fun u => F u j) x) -> untied_over l (F x) ->
  pd c (fun u => attains_over l (F u) k) x = 0.
Proof.
  intros Hl D U. rewrite <- (pd_constant c (attains_over l (F x) k) x). symmetry.
  apply pd_near, near_attains; assumption.
Qed.
Lemma ex_pd_attains l F k x : l <> nil ->
  (forall j, In j l -> ex_pd c (fun u => F u j) x) -> untied_over l (F x) ->
  ex_pd c (fun u => attains_over l (F u) k) x.
Proof.
  intros Hl D U. apply (ex_pd_near c (fun _ => attains_over l (F x) k)).
  - now apply near_attains.
  - apply ex_pd_constant.
Qed.
End Derivatives.
