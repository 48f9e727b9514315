(** Partial derivatives of functions of numbers, vectors and matrices.

    [is_pd c F x l]: the function [F], at [x], has derivative [l] by the coordinate [c];
    [pd c F x] is that derivative as a number. Both are Coquelicot's [is_derive] and [Derive] of
    [F] as a function of that coordinate alone; see [is_pd_vec], [is_pd_mat], [is_pd_scalar]. *)

From Coq Require Import FunctionalExtensionality.
From Coquelicot Require Export Hierarchy Derive.
From Coquelicot Require Import ElemFct.
From Derive Require Export Sums.

(** * Coordinates *)

Record coord (X : Type) := Coord {
  get : X -> R;
  put : X -> R -> X;
  put_get : forall x, put x (get x) = x;
  get_put : forall x t, get (put x t) = t }.
Arguments get {X}.
Arguments put {X}.
Arguments put_get {X}.
Arguments get_put {X}.

(** [z] with [z k] replaced by [t]. *)
Definition upd (z : nat -> R) (k : nat) (t : R) : nat -> R :=
  fun j => if Nat.eqb j k then t else z j.

Lemma upd_same z k : upd z k (z k) = z.
Proof.
  apply functional_extensionality; intros j. unfold upd.
  destruct (Nat.eqb_spec j k) as [->|]; reflexivity.
Qed.

Lemma upd_at z k t : upd z k t k = t.
Proof. unfold upd. now rewrite Nat.eqb_refl. Qed.

(** The entry [z k] of a vector. *)
Definition vec (k : nat) : coord (nat -> R) :=
  Coord _ (fun z => z k) (fun z t => upd z k t) (fun z => upd_same z k) (fun z => upd_at z k).

(** [W] with [W k l] replaced by [t]. *)
Definition upd2 (W : nat -> nat -> R) (k l : nat) (t : R) : nat -> nat -> R :=
  fun i j => if (Nat.eqb i k && Nat.eqb j l)%bool then t else W i j.

Lemma upd2_same W k l : upd2 W k l (W k l) = W.
Proof.
  apply functional_extensionality; intros i. apply functional_extensionality; intros j.
  unfold upd2. destruct (Nat.eqb_spec i k) as [->|]; [|reflexivity].
  destruct (Nat.eqb_spec j l) as [->|]; reflexivity.
Qed.

Lemma upd2_at W k l t : upd2 W k l t k l = t.
Proof. unfold upd2. now rewrite !Nat.eqb_refl. Qed.

(** The entry [W k l] of a matrix. *)
Definition mat (k l : nat) : coord (nat -> nat -> R) :=
  Coord _ (fun W => W k l) (fun W t => upd2 W k l t)
    (fun W => upd2_same W k l) (fun W => upd2_at W k l).

(** A parameter. *)
Definition scalar : coord R :=
  Coord R (fun x => x) (fun _ t => t) (fun _ => eq_refl) (fun _ _ => eq_refl).

(** * The derivative by a coordinate *)

Definition pd {X} (c : coord X) (F : X -> R) (x : X) : R :=
  Derive (fun t => F (put c x t)) (get c x).
Definition ex_pd {X} (c : coord X) (F : X -> R) (x : X) : Prop :=
  ex_derive (fun t => F (put c x t)) (get c x).
Definition is_pd {X} (c : coord X) (F : X -> R) (x : X) (l : R) : Prop :=
  is_derive (fun t => F (put c x t)) (get c x) l.

(** What that says, in Coquelicot's words. *)
Lemma is_pd_vec k F z l : is_pd (vec k) F z l <-> is_derive (fun t => F (upd z k t)) (z k) l.
Proof. reflexivity. Qed.
Lemma is_pd_mat k m F W l :
  is_pd (mat k m) F W l <-> is_derive (fun t => F (upd2 W k m t)) (W k m) l.
Proof. reflexivity. Qed.
Lemma is_pd_scalar F x l : is_pd scalar F x l <-> is_derive F x l.
Proof. reflexivity. Qed.

Section Rules.
Context {X : Type} (c : coord X).
Implicit Types (F G : X -> R) (x : X).

Lemma is_pd_intro F x l : ex_pd c F x -> pd c F x = l -> is_pd c F x l.
Proof. intros E <-. apply Derive_correct, E. Qed.

Lemma is_pd_unique F x l : is_pd c F x l -> pd c F x = l.
Proof. intros H. apply is_derive_unique, H. Qed.

Lemma is_pd_as F x l l' : l = l' -> is_pd c F x l -> is_pd c F x l'.
Proof. now intros ->. Qed.

Lemma is_pd_exists F x l : is_pd c F x l -> ex_pd c F x.
Proof. intros H. now exists l. Qed.

Lemma at_get F x : F (put c x (get c x)) = F x.
Proof. now rewrite put_get. Qed.

(** Equal near the point is enough. *)
Definition near (P : X -> Prop) x := locally (get c x) (fun t => P (put c x t)).

Lemma near_always (P : X -> Prop) x : (forall u, P u) -> near P x.
Proof. intros H. unfold near. apply filter_forall. intros t. apply H. Qed.

Lemma pd_near F G x : near (fun u => F u = G u) x -> pd c F x = pd c G x.
Proof. intros H. apply Derive_ext_loc, H. Qed.

Lemma ex_pd_near F G x : near (fun u => F u = G u) x -> ex_pd c F x -> ex_pd c G x.
Proof. intros H. apply ex_derive_ext_loc, H. Qed.

Lemma pd_ext F G x : (forall u, F u = G u) -> pd c F x = pd c G x.
Proof. intros H. apply pd_near, near_always, H. Qed.

Lemma ex_pd_ext F G x : (forall u, F u = G u) -> ex_pd c F x -> ex_pd c G x.
Proof. intros H. apply ex_pd_near, near_always, H. Qed.

(** Constants, and what is linear. *)
Lemma pd_constant a x : pd c (fun _ => a) x = 0.
Proof. exact (Derive_const a (get c x)). Qed.
Lemma ex_pd_constant a x : ex_pd c (fun _ => a) x.
Proof. exact (@ex_derive_const R_AbsRing R_NormedModule a (get c x)). Qed.

Lemma pd_plus F G x : ex_pd c F x -> ex_pd c G x ->
  pd c (fun u => F u + G u) x = pd c F x + pd c G x.
Proof. intros HF HG. now apply Derive_plus. Qed.
Lemma ex_pd_plus F G x : ex_pd c F x -> ex_pd c G x -> ex_pd c (fun u => F u + G u) x.
Proof. intros HF HG. exact (ex_derive_plus _ _ _ HF HG). Qed.

Lemma pd_opp F x : pd c (fun u => - F u) x = - pd c F x.
Proof. apply Derive_opp. Qed.
Lemma ex_pd_opp F x : ex_pd c F x -> ex_pd c (fun u => - F u) x.
Proof. intros HF. exact (ex_derive_opp _ _ HF). Qed.

Lemma ex_pd_minus F G x : ex_pd c F x -> ex_pd c G x -> ex_pd c (fun u => F u - G u) x.
Proof. intros HF HG. exact (ex_derive_minus _ _ _ HF HG). Qed.

Lemma pd_scale a F x : pd c (fun u => a * F u) x = a * pd c F x.
Proof. apply Derive_scal. Qed.

(** Products and quotients. *)
Lemma pd_mult F G x : ex_pd c F x -> ex_pd c G x ->
  pd c (fun u => F u * G u) x = pd c F x * G x + F x * pd c G x.
Proof. intros HF HG. unfold pd. rewrite Derive_mult by assumption. now rewrite !at_get. Qed.
Lemma ex_pd_mult F G x : ex_pd c F x -> ex_pd c G x -> ex_pd c (fun u => F u * G u) x.
Proof. intros HF HG. exact (ex_derive_mult _ _ _ HF HG). Qed.

Lemma pd_quotient F G x : ex_pd c F x -> ex_pd c G x -> G x <> 0 ->
  pd c (fun u => F u / G u) x = (pd c F x * G x - F x * pd c G x) / (G x) ^ 2.
Proof.
  intros HF HG Hn. unfold pd. rewrite Derive_div; try assumption; [|now rewrite at_get].
  now rewrite !at_get.
Qed.
Lemma ex_pd_quotient F G x : ex_pd c F x -> ex_pd c G x -> G x <> 0 ->
  ex_pd c (fun u => F u / G u) x.
Proof. intros HF HG Hn. apply (ex_derive_div _ _ _ HF HG). now rewrite at_get. Qed.
Lemma ex_pd_fraction a F x : ex_pd c F x -> ex_pd c (fun u => F u / a) x.
Proof. intros HF. exact (ex_pd_mult F (fun _ => / a) x HF (ex_pd_constant (/ a) x)). Qed.

(** A function of a number, of a function. *)
Lemma is_pd_compose (f : R -> R) F x l : is_derive f (F x) l -> ex_pd c F x ->
  is_pd c (fun u => f (F u)) x (l * pd c F x).
Proof.
  intros Hf HF. unfold is_pd. rewrite Rmult_comm.
  apply (is_derive_comp f (fun t => F (put c x t)) (get c x) l (pd c F x)).
  - now rewrite at_get.
  - apply Derive_correct, HF.
Qed.
Lemma pd_compose (f : R -> R) F x l : is_derive f (F x) l -> ex_pd c F x ->
  pd c (fun u => f (F u)) x = l * pd c F x.
Proof. intros Hf HF. now apply is_pd_unique, is_pd_compose. Qed.
Lemma ex_pd_compose (f : R -> R) F x : ex_derive f (F x) -> ex_pd c F x ->
  ex_pd c (fun u => f (F u)) x.
Proof. intros [l Hl] HF. eapply is_pd_exists, is_pd_compose; eassumption. Qed.

(** A sum of any length. *)
Lemma ex_pd_sum l (F : nat -> X -> R) x : (forall j, In j l -> ex_pd c (F j) x) ->
  ex_pd c (fun u => sum_over l (fun j => F j u)) x.
Proof.
  induction l as [|a l IH]; intros H; simpl; [apply ex_pd_constant|].
  apply (ex_pd_plus (F a) (fun u => sum_over l (fun j => F j u))).
  - apply H. now left.
  - apply IH. intros j Hj. apply H. now right.
Qed.
Lemma pd_sum l (F : nat -> X -> R) x : (forall j, In j l -> ex_pd c (F j) x) ->
  pd c (fun u => sum_over l (fun j => F j u)) x = sum_over l (fun j => pd c (F j) x).
Proof.
  induction l as [|a l IH]; intros H; simpl; [apply pd_constant|].
  rewrite (pd_plus (F a) (fun u => sum_over l (fun j => F j u))).
  - rewrite IH; [reflexivity|]. intros j Hj. apply H. now right.
  - apply H. now left.
  - apply ex_pd_sum. intros j Hj. apply H. now right.
Qed.

(** One value or another, by a condition on indices. *)
Lemma ex_pd_choice i j F G x : ex_pd c F x -> ex_pd c G x ->
  ex_pd c (fun u => choice i j (F u) (G u)) x.
Proof. intros HF HG. unfold choice. now destruct (Nat.eqb i j). Qed.
End Rules.

(** * Entries and parameters *)

Lemma is_pd_entry k j z : is_pd (vec k) (fun u => u j) z (delta j k).
Proof.
  unfold is_pd, delta; simpl; unfold upd. destruct (Nat.eqb j k).
  - apply (@is_derive_id R_AbsRing).
  - apply (@is_derive_const R_AbsRing).
Qed.

Lemma is_pd_entry2 k l i j W :
  is_pd (mat k l) (fun u => u i j) W (delta i k * delta j l).
Proof.
  unfold is_pd, delta; simpl; unfold upd2.
  destruct (Nat.eqb i k), (Nat.eqb j l); simpl; rewrite ?Rmult_1_l, ?Rmult_0_l;
    first [apply (@is_derive_id R_AbsRing) | apply (@is_derive_const R_AbsRing)].
Qed.

Lemma is_pd_parameter x : is_pd scalar (fun u => u) x 1.
Proof. apply (@is_derive_id R_AbsRing). Qed.

(** * The derivatives of elementary functions *)

Lemma is_derive_sqrt_at x : 0 < x -> is_derive sqrt x (/ (2 * sqrt x)).
Proof. intros H. apply is_derive_Reals, derivable_pt_lim_sqrt, H. Qed.

Lemma is_derive_pow_at n x : is_derive (fun u => u ^ n) x (INR n * x ^ pred n).
Proof. apply is_derive_Reals, derivable_pt_lim_pow. Qed.

Lemma is_derive_Rpower_at a x : 0 < x ->
  is_derive (fun u => Rpower u a) x (a * Rpower x (a - 1)).
Proof. intros H. apply is_derive_Reals, derivable_pt_lim_power, H. Qed.

Lemma is_derive_sin_at x : is_derive sin x (cos x).
Proof. apply is_derive_Reals, derivable_pt_lim_sin. Qed.
Lemma is_derive_cos_at x : is_derive cos x (- sin x).
Proof. apply is_derive_Reals, derivable_pt_lim_cos. Qed.
Lemma is_derive_sinh_at x : is_derive sinh x (cosh x).
Proof. apply is_derive_Reals, derivable_pt_lim_sinh. Qed.
Lemma is_derive_cosh_at x : is_derive cosh x (sinh x).
Proof. apply is_derive_Reals, derivable_pt_lim_cosh. Qed.
Lemma is_derive_atan_at x : is_derive atan x (/ (1 + x ^ 2)).
Proof. apply is_derive_Reals. apply derivable_pt_lim_atan. Qed.

Lemma inside_one x : 0 < 1 - x ^ 2 -> -1 < x < 1.
Proof. intros H. split; nra. Qed.
Lemma is_derive_asin_at x : 0 < 1 - x ^ 2 -> is_derive asin x (1 / sqrt (1 - x ^ 2)).
Proof.
  intros H. apply inside_one in H. rewrite <- Rsqr_pow2.
  exact (proj2 (is_derive_Reals _ _ _) (derive_pt_eq_1 _ _ _ _ (derive_pt_asin x H))).
Qed.
Lemma is_derive_acos_at x : 0 < 1 - x ^ 2 -> is_derive acos x (- (1 / sqrt (1 - x ^ 2))).
Proof.
  intros H. apply inside_one in H. rewrite <- Rsqr_pow2.
  replace (- (1 / sqrt (1 - x²))) with (-1 / sqrt (1 - x²)) by (unfold Rdiv; ring).
  exact (proj2 (is_derive_Reals _ _ _) (derive_pt_eq_1 _ _ _ _ (derive_pt_acos x H))).
Qed.

Lemma cosh_pos x : 0 < cosh x.
Proof.
  unfold cosh. apply Rdiv_lt_0_compat; [|lra].
  apply Rplus_lt_0_compat; apply exp_pos.
Qed.

Lemma is_derive_tanh_at x : is_derive tanh x (1 - tanh x ^ 2).
Proof.
  apply (is_derive_ext (fun u => sinh u / cosh u)); [reflexivity|].
  assert (cosh x <> 0) as H by apply Rgt_not_eq, cosh_pos.
  replace (1 - tanh x ^ 2) with ((cosh x * cosh x - sinh x * sinh x) / cosh x ^ 2)
    by (unfold tanh; field; exact H).
  exact (is_derive_div _ _ _ _ _ (is_derive_sinh_at x) (is_derive_cosh_at x) H).
Qed.

(** * The chain rule through the entries of an array

    [smooth c l F x]: along every curve through [x] on which the entries [c j], for [j] in [l],
    are differentiable, so is [F], and its derivative is linear in theirs. *)

Section Chain.
Context {Y : Type} (c : nat -> coord Y) (l : list nat).
Implicit Types (F G : Y -> R) (x : Y).

Definition has_gradient F x (g : nat -> R) : Prop :=
  forall (G : R -> Y) (t0 : R) (dG : nat -> R), G t0 = x ->
    (forall j, In j l -> is_derive (fun t => get (c j) (G t)) t0 (dG j)) ->
    is_derive (fun t => F (G t)) t0 (sum_over l (fun j => g j * dG j)).

Definition smooth F x := exists g, has_gradient F x g.

Definition independent := NoDup l /\ forall i j, In i l -> In j l -> i <> j ->
  forall x t, get (c i) (put (c j) x t) = get (c i) x.

(** The gradient of a smooth function is made of its partial derivatives. *)
Lemma smooth_gradient F x : independent -> smooth F x ->
  has_gradient F x (fun j => pd (c j) F x).
Proof.
  intros [D I] [g Hg] G t0 dG Hx HG.
  rewrite (sum_over_ext l _ (fun j => g j * dG j)); [now apply Hg|].
  intros j Hj. f_equal. apply is_pd_unique. unfold is_pd.
  rewrite <- (Rmult_1_r (g j)).
  replace (g j * 1) with (sum_over l (fun i => g i * delta i j)).
  - apply (Hg (fun t => put (c j) x t) (get (c j) x) (fun i => delta i j)); [apply put_get|].
    intros i Hi. destruct (Nat.eq_dec i j) as [->|Hij].
    + rewrite delta_same by reflexivity.
      apply (is_derive_ext (fun t => t)); [intros t; now rewrite get_put|].
      apply (@is_derive_id R_AbsRing).
    + rewrite (delta_apart i j Hij).
      apply (is_derive_ext (fun t => get (c i) x)); [intros t; now rewrite I|].
      apply (@is_derive_const R_AbsRing).
  - rewrite (sum_over_single j); [|exact D | exact Hj |].
    + now rewrite delta_same.
    + intros i _ Hij. rewrite (delta_apart i j Hij). ring.
Qed.

Lemma is_pd_chain X (d : coord X) F (G : X -> Y) (x : X) :
  independent -> smooth F (G x) ->
  (forall j, In j l -> ex_pd d (fun u => get (c j) (G u)) x) ->
  is_pd d (fun u => F (G u)) x
    (sum_over l (fun j => pd (c j) F (G x) * pd d (fun u => get (c j) (G u)) x)).
Proof.
  intros I HF HG. unfold is_pd.
  apply (smooth_gradient F (G x) I HF (fun t => G (put d x t)) (get d x)
           (fun j => pd d (fun u => get (c j) (G u)) x)).
  - now rewrite put_get.
  - intros j Hj. apply Derive_correct, HG, Hj.
Qed.

Lemma smooth_constant a x : smooth (fun _ => a) x.
Proof.
  exists (fun _ => 0). intros G t0 dG _ _.
  rewrite sum_over_zero by (intros; ring). apply (@is_derive_const R_AbsRing).
Qed.
Lemma smooth_entry j x : independent -> In j l -> smooth (fun u => get (c j) u) x.
Proof.
  intros [D _] Hj. exists (fun i => delta i j). intros G t0 dG _ HG.
  rewrite (sum_over_single j l _ D Hj).
  - rewrite delta_same, Rmult_1_l by reflexivity. now apply HG.
  - intros i _ Hij. rewrite (delta_apart i j Hij). ring.
Qed.
Lemma smooth_plus F G x : smooth F x -> smooth G x -> smooth (fun u => F u + G u) x.
Proof.
  intros [f Hf] [g Hg]. exists (fun j => f j + g j). intros H t0 dH Hx HH.
  rewrite (sum_over_ext l _ (fun j => f j * dH j + g j * dH j)) by (intros; ring).
  rewrite sum_over_plus.
  exact (is_derive_plus _ _ _ _ _ (Hf H t0 dH Hx HH) (Hg H t0 dH Hx HH)).
Qed.
Lemma smooth_compose (h : R -> R) F x : ex_derive h (F x) -> smooth F x ->
  smooth (fun u => h (F u)) x.
Proof.
  intros [m Hm] [f Hf]. exists (fun j => m * f j). intros H t0 dH Hx HH.
  rewrite (sum_over_ext l _ (fun j => m * (f j * dH j))) by (intros; ring).
  rewrite sum_over_scale, Rmult_comm.
  apply (is_derive_comp h (fun t => F (H t)) t0 m (sum_over l (fun j => f j * dH j))).
  - now rewrite Hx.
  - now apply Hf.
Qed.
Lemma smooth_opp F x : smooth F x -> smooth (fun u => - F u) x.
Proof.
  apply (smooth_compose Ropp). exists (-1).
  exact (is_derive_opp _ _ _ (@is_derive_id R_AbsRing _)).
Qed.
Lemma smooth_minus F G x : smooth F x -> smooth G x -> smooth (fun u => F u - G u) x.
Proof. intros HF HG. apply (smooth_plus F (fun u => - G u) x HF), smooth_opp, HG. Qed.
Lemma smooth_mult F G x : smooth F x -> smooth G x -> smooth (fun u => F u * G u) x.
Proof.
  intros [f Hf] [g Hg]. exists (fun j => f j * G x + F x * g j). intros H t0 dH Hx HH.
  rewrite (sum_over_ext l _ (fun j => G x * (f j * dH j) + F x * (g j * dH j)))
    by (intros; ring).
  rewrite sum_over_plus, !sum_over_scale, (Rmult_comm (G x)).
  pose proof (is_derive_mult (fun t => F (H t)) (fun t => G (H t)) t0 _ _
                (Hf H t0 dH Hx HH) (Hg H t0 dH Hx HH) Rmult_comm) as P.
  rewrite <- Hx in *. exact P.
Qed.
Lemma smooth_quotient F G x : smooth F x -> smooth G x -> G x <> 0 ->
  smooth (fun u => F u / G u) x.
Proof.
  intros HF HG Hn. apply (smooth_mult F (fun u => / G u) x HF).
  apply (smooth_compose Rinv); [|exact HG].
  eexists. exact (is_derive_inv _ _ _ (@is_derive_id R_AbsRing _) Hn).
Qed.
Lemma smooth_sum m (F : nat -> Y -> R) x : (forall i, In i m -> smooth (F i) x) ->
  smooth (fun u => sum_over m (fun i => F i u)) x.
Proof.
  induction m as [|a m IH]; intros H; simpl; [apply smooth_constant|].
  apply (smooth_plus (F a) (fun u => sum_over m (fun i => F i u))).
  - apply H. now left.
  - apply IH. intros i Hi. apply H. now right.
Qed.
End Chain.

(** The arrays whose entries are summed over: a vector, or a row of a matrix. *)
Lemma independent_vec lo hi : independent vec (range lo hi).
Proof.
  split; [apply seq_NoDup|]. intros i j _ _ H x t. simpl. unfold upd.
  now rewrite (proj2 (Nat.eqb_neq i j) H).
Qed.
Lemma independent_mat n lo hi : independent (mat n) (range lo hi).
Proof.
  split; [apply seq_NoDup|]. intros i j _ _ H x t. simpl. unfold upd2.
  rewrite (proj2 (Nat.eqb_neq i j) H). now rewrite Bool.andb_false_r.
Qed.
(** A single entry. *)
Lemma independent_one X (c : coord X) : independent (fun _ => c) [0%nat].
Proof.
  split; [repeat constructor; auto|]. intros i j [<-|[]] [<-|[]] H. now contradiction H.
Qed.
