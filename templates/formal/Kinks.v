(** Functions with a kink or a jump: derivatives away from it. *)

From Coquelicot Require Export Rcomplements.
From Coquelicot Require Import ElemFct.
From Derive Require Export Partial.

(** * One value where [b < a], another elsewhere *)

Definition threshold (a b above otherwise : R) : R := if Rlt_dec b a then above else otherwise.

Lemma threshold_above a b u w : b < a -> threshold a b u w = u.
Proof. intros H. unfold threshold. destruct (Rlt_dec b a); [reflexivity | contradiction]. Qed.
Lemma threshold_otherwise a b u w : ~ b < a -> threshold a b u w = w.
Proof. intros H. unfold threshold. destruct (Rlt_dec b a); [contradiction | reflexivity]. Qed.

Lemma place_threshold a a' b b' u u' w w' : a = a' -> b = b' ->
  (b' < a' -> u = u') -> (~ b' < a' -> w = w') ->
  threshold a b u w = threshold a' b' u' w'.
Proof. intros -> -> Hu Hw. unfold threshold. destruct (Rlt_dec b' a'); auto. Qed.

(** The larger of two and the smaller one are such values. *)
Lemma max_threshold a b : Rmax a b = threshold b a b a.
Proof.
  destruct (Rlt_dec a b) as [H|H].
  - rewrite (threshold_above b a b a H). now apply Rmax_right, Rlt_le.
  - rewrite (threshold_otherwise b a b a H). now apply Rmax_left, Rnot_lt_le.
Qed.
Lemma min_threshold a b : Rmin a b = threshold a b b a.
Proof.
  destruct (Rlt_dec b a) as [H|H].
  - rewrite (threshold_above a b b a H). now apply Rmin_right, Rlt_le.
  - rewrite (threshold_otherwise a b b a H). now apply Rmin_left, Rnot_lt_le.
Qed.

(** * Where a function that is continuous is positive, it is so nearby *)

Lemma locally_positive (h : R -> R) t : ex_derive h t -> 0 < h t -> locally t (fun s => 0 < h s).
Proof.
  intros D H. apply (ex_derive_continuous h t D (fun y => 0 < y)).
  exists (mkposreal (h t) H). intros y Hy. apply Rabs_def2 in Hy. simpl in *.
  unfold minus, plus, opp in Hy. simpl in Hy. lra.
Qed.

Lemma near_given {X} (c : coord X) (P Q : X -> Prop) x :
  near c P x -> near c (fun u => P u -> Q u) x -> near c Q x.
Proof. intros HP HQ. refine (filter_imp _ _ _ (filter_and _ _ HP HQ)). intros t [Ht H]. auto. Qed.

Lemma near_nonzero {X} (c : coord X) (F : X -> R) x :
  ex_pd c F x -> F x <> 0 -> near c (fun u => F u <> 0) x.
Proof.
  intros D H. unfold near. rewrite <- (at_get c F) in H.
  destruct (Rlt_dec 0 (F (put c x (get c x)))) as [P|P].
  - refine (filter_imp _ _ _ (locally_positive _ _ D P)). intros t Ht. lra.
  - assert (N : 0 < - F (put c x (get c x))) by lra.
    refine (filter_imp _ _ _ (locally_positive (fun t => - F (put c x t)) _ _ N)).
    + intros t Ht. lra.
    + exact (ex_derive_opp _ _ D).
Qed.

Lemma near_above {X} (c : coord X) (F : X -> R) x :
  ex_pd c F x -> 0 < F x -> near c (fun u => 0 < F u) x.
Proof.
  intros D H. unfold near. rewrite <- (at_get c F) in H. exact (locally_positive _ _ D H).
Qed.

Lemma near_over {X} (c : coord X) (l : list nat) (P : nat -> X -> Prop) x :
  (forall i, In i l -> near c (P i) x) -> near c (fun u => forall i, In i l -> P i u) x.
Proof.
  induction l as [|a l IH]; intros H.
  - apply near_always. intros u i [].
  - refine (filter_imp _ _ _ (filter_and _ _ (H a (or_introl eq_refl)) (IH _))).
    + intros t [Ha Hl] i [<-|Hi]; auto.
    + intros i Hi. apply H. now right.
Qed.

Lemma near_range {X} (c : coord X) lo hi (P : nat -> X -> Prop) x :
  (forall i, (lo <= i <= hi)%nat -> near c (P i) x) ->
  near c (fun u => forall i, (lo <= i <= hi)%nat -> P i u) x.
Proof.
  intros H. refine (filter_imp _ _ _ (near_over c (range lo hi) P x _)).
  - intros t Ht i Hi. apply Ht, in_range, Hi.
  - intros i Hi. apply H, in_range, Hi.
Qed.

Lemma locally_threshold (a b f g : R -> R) t : ex_derive a t -> ex_derive b t -> a t - b t <> 0 ->
  (b t < a t /\ locally t (fun s => f s = threshold (a s) (b s) (f s) (g s)))
  \/ (~ b t < a t /\ locally t (fun s => g s = threshold (a s) (b s) (f s) (g s))).
Proof.
  intros Da Db H. destruct (Rlt_dec (b t) (a t)) as [L|L]; [left | right]; split; try exact L.
  - refine (filter_imp _ _ _ (locally_positive (fun s => a s - b s) t _ _)).
    + intros s Hs. rewrite threshold_above; [reflexivity | lra].
    + exact (ex_derive_minus _ _ _ Da Db).
    + lra.
  - refine (filter_imp _ _ _ (locally_positive (fun s => b s - a s) t _ _)).
    + intros s Hs. rewrite threshold_otherwise; [reflexivity | lra].
    + exact (ex_derive_minus _ _ _ Db Da).
    + lra.
Qed.

(** * Derivatives *)

Section Derivatives.
Context {X : Type} (c : coord X).
Implicit Types (A B F G : X -> R) (x : X).

Lemma pd_threshold A B F G x : ex_pd c A x -> ex_pd c B x -> A x - B x <> 0 ->
  pd c (fun u => threshold (A u) (B u) (F u) (G u)) x
  = threshold (A x) (B x) (pd c F x) (pd c G x).
Proof.
  intros HA HB H.
  destruct (locally_threshold _ _ (fun t => F (put c x t)) (fun t => G (put c x t)) _ HA HB)
    as [[L N] | [L N]]; rewrite ?(at_get c A), ?(at_get c B) in *; try exact H.
  - rewrite threshold_above by exact L. symmetry. now apply pd_near.
  - rewrite threshold_otherwise by exact L. symmetry. now apply pd_near.
Qed.
Lemma ex_pd_threshold A B F G x : ex_pd c A x -> ex_pd c B x -> A x - B x <> 0 ->
  ex_pd c F x -> ex_pd c G x -> ex_pd c (fun u => threshold (A u) (B u) (F u) (G u)) x.
Proof.
  intros HA HB H HF HG.
  destruct (locally_threshold _ _ (fun t => F (put c x t)) (fun t => G (put c x t)) _ HA HB)
    as [[L N] | [L N]]; rewrite ?(at_get c A), ?(at_get c B) in *; try exact H.
  - now apply (ex_pd_near c F).
  - now apply (ex_pd_near c G).
Qed.

(** The same where the condition does not move. *)
Lemma pd_branches a b F G x :
  pd c (fun u => threshold a b (F u) (G u)) x = threshold a b (pd c F x) (pd c G x).
Proof. unfold threshold. now destruct (Rlt_dec b a). Qed.
Lemma ex_pd_branches a b F G x : ex_pd c F x -> ex_pd c G x ->
  ex_pd c (fun u => threshold a b (F u) (G u)) x.
Proof. intros HF HG. unfold threshold. now destruct (Rlt_dec b a). Qed.

Lemma pd_max F G x : ex_pd c F x -> ex_pd c G x -> F x - G x <> 0 ->
  pd c (fun u => Rmax (F u) (G u)) x = threshold (G x) (F x) (pd c G x) (pd c F x).
Proof.
  intros HF HG H. rewrite <- pd_threshold by (assumption || lra). apply pd_ext.
  intros u. apply max_threshold.
Qed.
Lemma ex_pd_max F G x : ex_pd c F x -> ex_pd c G x -> F x - G x <> 0 ->
  ex_pd c (fun u => Rmax (F u) (G u)) x.
Proof.
  intros HF HG H. apply (ex_pd_ext c (fun u => threshold (G u) (F u) (G u) (F u))).
  - intros u. symmetry. apply max_threshold.
  - apply ex_pd_threshold; assumption || lra.
Qed.
Lemma pd_min F G x : ex_pd c F x -> ex_pd c G x -> F x - G x <> 0 ->
  pd c (fun u => Rmin (F u) (G u)) x = threshold (F x) (G x) (pd c G x) (pd c F x).
Proof.
  intros HF HG H. rewrite <- pd_threshold by assumption. apply pd_ext.
  intros u. apply min_threshold.
Qed.
Lemma ex_pd_min F G x : ex_pd c F x -> ex_pd c G x -> F x - G x <> 0 ->
  ex_pd c (fun u => Rmin (F u) (G u)) x.
Proof.
  intros HF HG H. apply (ex_pd_ext c (fun u => threshold (F u) (G u) (G u) (F u))).
  - intros u. symmetry. apply min_threshold.
  - now apply ex_pd_threshold.
Qed.
End Derivatives.

Lemma is_derive_abs_at x : x <> 0 -> is_derive Rabs x (sign x).
Proof.
  intros H. rewrite <- (Rmult_1_r (sign x)).
  exact (is_derive_Rabs (fun t => t) x 1 (@is_derive_id R_AbsRing x) H).
Qed.

Lemma is_derive_ln_abs_at x : x <> 0 -> is_derive (fun t => ln (Rabs t)) x (/ x).
Proof.
  intros H. replace (/ x) with (sign x * / Rabs x).
  - exact (is_derive_comp ln Rabs x _ _ (is_derive_ln _ (Rabs_pos_lt _ H)) (is_derive_abs_at x H)).
  - destruct (Rlt_dec 0 x) as [P|P].
    + rewrite sign_eq_1, Rabs_pos_eq by lra. ring.
    + rewrite sign_eq_m1, Rabs_left by lra. now field.
Qed.

Lemma sign_square x : x <> 0 -> sign x ^ 2 = 1.
Proof.
  intros H. destruct (Rlt_dec 0 x).
  - rewrite sign_eq_1 by assumption. ring.
  - rewrite sign_eq_m1 by lra. ring.
Qed.
Lemma is_derive_sign_at x : x <> 0 -> is_derive sign x 0.
Proof.
  intros H. apply (is_derive_ext_loc (fun _ => sign x)).
  2: exact (@is_derive_const R_AbsRing R_NormedModule (sign x) x).
  destruct (Rlt_dec 0 x) as [P|P].
  - refine (filter_imp _ _ _ (locally_positive (fun t => t) x _ P)).
    + intros t Ht. now rewrite !sign_eq_1.
    + exact (ex_derive_id x).
  - assert (N : 0 < - x) by lra.
    refine (filter_imp _ _ _ (locally_positive (fun t => - t) x _ N)).
    + intros t Ht. rewrite !sign_eq_m1 by lra. reflexivity.
    + exact (ex_derive_opp _ _ (ex_derive_id x)).
Qed.

(** * Smooth in the entries of an array *)

Section Smooth.
Context {Y : Type} (c : nat -> coord Y) (l : list nat).
Implicit Types (A B F G : Y -> R) (x : Y).

Lemma smooth_threshold A B F G x : smooth c l A x -> smooth c l B x -> A x - B x <> 0 ->
  smooth c l F x -> smooth c l G x ->
  smooth c l (fun u => threshold (A u) (B u) (F u) (G u)) x.
Proof.
  intros [a Ha] [b Hb] H [f Hf] [g Hg].
  exists (fun j => threshold (A x) (B x) (f j) (g j)). intros K t0 dK Hx HK.
  assert (DA : ex_derive (fun t => A (K t)) t0) by (eexists; exact (Ha K t0 dK Hx HK)).
  assert (DB : ex_derive (fun t => B (K t)) t0) by (eexists; exact (Hb K t0 dK Hx HK)).
  rewrite <- Hx in H.
  destruct (locally_threshold _ _ (fun t => F (K t)) (fun t => G (K t)) t0 DA DB H)
    as [[L N] | [L N]]; refine (is_derive_ext_loc _ _ _ _ N _); rewrite Hx in L.
  - rewrite (sum_over_ext l _ (fun j => f j * dK j)); [exact (Hf K t0 dK Hx HK)|].
    intros j _. now rewrite threshold_above.
  - rewrite (sum_over_ext l _ (fun j => g j * dK j)); [exact (Hg K t0 dK Hx HK)|].
    intros j _. now rewrite threshold_otherwise.
Qed.
Lemma smooth_max F G x : smooth c l F x -> smooth c l G x -> F x - G x <> 0 ->
  smooth c l (fun u => Rmax (F u) (G u)) x.
Proof.
  intros HF HG H.
  destruct (smooth_threshold G F G F x HG HF ltac:(lra) HG HF) as [g Hg].
  exists g. intros K t0 dK Hx HK.
  apply (is_derive_ext (fun t => threshold (G (K t)) (F (K t)) (G (K t)) (F (K t)))).
  - intros t. symmetry. apply max_threshold.
  - exact (Hg K t0 dK Hx HK).
Qed.
End Smooth.
