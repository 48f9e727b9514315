(** Places in an expression, and the side conditions that rules leave.

    A place tactic goes down to one part of both sides of an equation; beside it nothing may
    differ. Going into a sum its index and range enter the context, going under a derivative the
    point is free to move, going into a case its condition holds. *)

From Derive Require Export Products.
From Coquelicot Require Import ElemFct.

(** Names that a derivation defines are hints for unfolding in this base. *)
Create HintDb derive.

(** * Places *)

Lemma place_add a a' b b' : a = a' -> b = b' -> a + b = a' + b'.
Proof. now intros -> ->. Qed.
Lemma place_mul a a' b b' : a = a' -> b = b' -> a * b = a' * b'.
Proof. now intros -> ->. Qed.
Lemma place_div a a' b b' : a = a' -> b = b' -> a / b = a' / b'.
Proof. now intros -> ->. Qed.
Lemma place_rpower a a' b b' : a = a' -> b = b' -> Rpower a b = Rpower a' b'.
Proof. now intros -> ->. Qed.
Lemma place_pair (f : R -> R -> R) a a' b b' : a = a' -> b = b' -> f a b = f a' b'.
Proof. now intros -> ->. Qed.
Lemma place_neg a a' : a = a' -> - a = - a'.
Proof. now intros ->. Qed.
Lemma place_inv a a' : a = a' -> / a = / a'.
Proof. now intros ->. Qed.
Lemma place_pow n a a' : a = a' -> a ^ n = a' ^ n.
Proof. now intros ->. Qed.
Lemma place_function (f : R -> R) a a' : a = a' -> f a = f a'.
Proof. now intros ->. Qed.
Lemma place_choice i j a a' b b' : (i = j -> a = a') -> (i <> j -> b = b') ->
  choice i j a b = choice i j a' b'.
Proof. unfold choice. destruct (Nat.eqb_spec i j); auto. Qed.
Lemma place_largest first l (f g : nat -> R) : f first = g first -> (forall j, In j l -> f j = g j) ->
  fold_right (fun j most => Rmax (f j) most) (f first) l
  = fold_right (fun j most => Rmax (g j) most) (g first) l.
Proof.
  intros HF H. induction l as [|a l IH]; simpl; [exact HF|].
  rewrite (H a (or_introl eq_refl)), IH; [reflexivity|]. intros j Hj. apply H. now right.
Qed.
Lemma place_maximum l f g : (forall j, In j l -> f j = g j) -> max_over l f = max_over l g.
Proof.
  unfold max_over. destruct l as [|a l]; intros H; [reflexivity|].
  apply place_largest; [apply H; now left|]. intros j Hj. apply H. now right.
Qed.

Ltac at_add := refine (place_add _ _ _ _ _ _).
Ltac at_mul := refine (place_mul _ _ _ _ _ _).
Ltac at_div := refine (place_div _ _ _ _ _ _).
Ltac at_rpower := refine (place_rpower _ _ _ _ _ _).
Ltac at_pair f := refine (place_pair f _ _ _ _ _ _).
Ltac at_add_l := refine (place_add _ _ _ _ _ (eq_refl _)).
Ltac at_add_r := refine (place_add _ _ _ _ (eq_refl _) _).
Ltac at_mul_l := refine (place_mul _ _ _ _ _ (eq_refl _)).
Ltac at_mul_r := refine (place_mul _ _ _ _ (eq_refl _) _).
Ltac at_div_l := refine (place_div _ _ _ _ _ (eq_refl _)).
Ltac at_div_r := refine (place_div _ _ _ _ (eq_refl _) _).
Ltac at_neg := refine (place_neg _ _ _).
Ltac at_inv := refine (place_inv _ _ _).
Ltac at_pow := refine (place_pow _ _ _ _).
Ltac at_function f := refine (place_function f _ _ _).

(* [H : Forall (fun x => j <> x) [a; b]] becomes [j <> a] and [j <> b]. *)
Ltac apart H :=
  repeat (apply Forall_cons_iff in H; let A := fresh "A" in destruct H as [A H]); clear H.

Ltac enter :=
  (* The quick way for what is common: an index of a plain range. *)
  lazymatch goal with |- forall j, In j (range _ _) -> _ => refine (for_range _ _ _ _) | _ => idtac end;
  let j := fresh "j" in let H := fresh "Hj" in intros j H; cbv beta;
  lazymatch type of H with
  | In _ (range_but _ _ _) =>
      apply in_range_but in H; let A := fresh "A" in destruct H as [H A]; apart A
  | In _ [_] => destruct H as [<- | []]
  | _ => idtac
  end.

Ltac at_sum := refine (sum_over_ext _ _ _ _); enter.
Ltac at_product := refine (prod_over_ext _ _ _ _); enter.
Ltac at_maximum := refine (place_maximum _ _ _ _); enter.
Ltac at_attains := refine (place_attains _ _ _ _ _); enter.
Ltac at_choice :=
  refine (place_choice _ _ _ _ _ _ _ _); let H := fresh "H" in intros H.
Ltac at_threshold :=
  refine (place_threshold _ _ _ _ _ _ _ _ _ _ _ _);
  [ | | let H := fresh "H" in intros H | let H := fresh "H" in intros H].

(** Near a point where a parameter or all entries of an array are positive, they still are. *)
Lemma near_positive (x : R) : 0 < x -> near scalar (fun u => 0 < u) x.
Proof.
  intros H. exists (mkposreal x H). intros t Ht. apply Rabs_def2 in Ht. simpl in *.
  unfold minus, plus, opp in Ht. simpl in Ht. lra.
Qed.

Lemma near_positive_entries k lo hi (z : nat -> R) :
  (forall j, (lo <= j <= hi)%nat -> 0 < z j) -> (lo <= k <= hi)%nat ->
  near (vec k) (fun u => forall j, (lo <= j <= hi)%nat -> 0 < u j) z.
Proof.
  intros H Hk. unfold near. apply (filter_imp (fun t => 0 < t)).
  - intros t Ht j Hj. simpl. unfold upd. destruct (Nat.eqb j k); auto.
  - exact (near_positive (z k) (H k Hk)).
Qed.

Lemma pd_where {X} (c : coord X) (P : X -> Prop) F G x :
  near c P x -> (forall u, P u -> F u = G u) -> pd c F x = pd c G x.
Proof.
  intros N H. apply pd_near. refine (filter_imp _ _ _ N). intros t. apply H.
Qed.

Lemma ex_pd_where {X} (c : coord X) (P : X -> Prop) F G x :
  near c P x -> (forall u, P u -> F u = G u) -> ex_pd c F x -> ex_pd c G x.
Proof.
  intros N H. apply ex_pd_near. refine (filter_imp _ _ _ N). intros t. apply H.
Qed.

(** * Side conditions *)

(* An index is in range; a class of a sample by what is known of the array of classes, as is an
   index of a sum that goes up to such a class. *)
Ltac index := solve [assumption | lia | congruence
  | match goal with range : forall n : nat, (_ <= n <= _)%nat -> (_ <= _ n <= _)%nat |- _ =>
      apply range; first [assumption | lia] end
  | match goal with
    | range : forall n : nat, (_ <= n <= _)%nat -> forall j : nat, (_ <= j <= _)%nat ->
        (_ <= _ n j <= _)%nat |- _ => apply range; first [assumption | lia] end
  | match goal with
    | below : (_ <= _ <= ?classes ?sample)%nat,
      range : forall n : nat, (_ <= n <= _)%nat -> (_ <= ?classes n <= _)%nat |- _ =>
        pose proof (range sample ltac:(first [assumption | lia])); lia
    end].

(* A range has indices, and no index twice. *)
Ltac nonempty := first [apply range_some; index | apply range_but_some; cbn [length]; index].
Ltac distinct := first [apply seq_NoDup | apply NoDup_filter, seq_NoDup].

Lemma nonzero_of_positive a : 0 < a -> a <> 0.
Proof. intros H. apply Rgt_not_eq, H. Qed.

Lemma positive_of_nonzero a : 0 <= a -> a <> 0 -> 0 < a.
Proof. lra. Qed.

Lemma positive_complement a b : 0 < b -> 0 < b - a -> 0 < 1 - a / b.
Proof.
  intros Hb H. replace (1 - a / b) with ((b - a) / b) by (field; now apply nonzero_of_positive).
  now apply Rdiv_lt_0_compat.
Qed.

Lemma ln_above_one a : 0 < a -> 0 < ln (a + 1).
Proof. intros H. rewrite <- ln_1. apply ln_increasing; lra. Qed.

(* Linear arithmetic, knowing that exponentials are positive. *)
Ltac linear :=
  repeat match goal with
    | |- context [exp ?a] =>
        lazymatch goal with H : 0 < exp a |- _ => fail | _ => pose proof (exp_pos a) end
  end; lra.

Ltac declared := match goal with
  | H : forall _ : nat, _ |- _ => apply H; index
  end.

Lemma square_positive a : a <> 0 -> 0 < a ^ 2.
Proof. intros H. rewrite <- Rsqr_pow2. now apply Rsqr_pos_lt. Qed.
(* [0 < e] *)
Ltac positive :=
  cbv beta;
  first
  [ assumption
  | lazymatch goal with
    | |- 0 < exp _ => apply exp_pos
    | |- 0 < Rpower _ _ => apply exp_pos
    | |- 0 < cosh _ => apply cosh_pos
    | |- 0 < PI => apply PI_RGT_0
    | |- 0 < sum_over (range _ _) _ => apply total_pos; [index | enter; positive]
    | |- 0 < prod_over _ _ => apply prod_over_pos; enter; positive
    | |- 0 < sum_over (range_but _ _ _) _ =>
        apply positive_of_nonzero; [nonnegative | first [assumption | declared]]
    | |- 0 < sqrt _ => apply sqrt_lt_R0; positive
    | |- 0 < INR _ => apply lt_0_INR; index
    | |- 0 < IZR _ => lra
    | |- 0 < threshold (Rabs _) 0 _ _ =>
        rewrite threshold_above;
          [ positive
          | apply Rabs_pos_lt; first [assumption | declared | apply nonzero_of_positive; linear] ]
    | |- 0 < _ * _ => apply Rmult_lt_0_compat; positive
    | |- 0 < _ / _ => apply Rdiv_lt_0_compat; positive
    | |- 0 < / _ => apply Rinv_0_lt_compat; positive
    | |- 0 < _ ^ 2 => first [apply pow_lt; positive | apply square_positive; first [assumption | declared]]
    | |- 0 < _ ^ _ => apply pow_lt; positive
    end
  | declared
  | lazymatch goal with
    | |- 0 < 1 + - (_ / _) => apply positive_complement; positive
    | |- 0 < _ + _ =>
        first [ apply Rplus_lt_0_compat; positive
              | apply Rplus_lt_le_0_compat; [positive | nonnegative]
              | apply Rplus_le_lt_0_compat; [nonnegative | positive] ]
    | |- 0 < 1 - _ / _ => apply positive_complement; positive
    | |- 0 < ln (_ + 1) => apply ln_above_one; positive
    | |- 0 < ln _ => rewrite <- ln_1; apply ln_increasing; simpl INR; linear
    end
  | linear
  | progress autounfold with derive; positive ]

(* [0 <= e] *)
with nonnegative :=
  cbv beta;
  lazymatch goal with
  | |- 0 <= delta _ _ => apply delta_nonneg
  | |- 0 <= 1 - delta _ _ => apply mask_nonneg
  | |- 0 <= attains_over _ _ _ => apply attains_nonneg
  | |- 0 <= INR _ => apply pos_INR
  | |- 0 <= Rabs _ => apply Rabs_pos
  | |- 0 <= sqrt _ => apply sqrt_pos
  | |- 0 <= Rmax 0 _ => apply Rmax_l
  | |- 0 <= Rmax _ 0 => apply Rmax_r
  | |- 0 <= _ ^ 2 => apply pow2_ge_0
  | |- 0 <= _ ^ _ => first [apply pow_le; nonnegative | apply Rlt_le; positive]
  | |- 0 <= _ / _ =>
      first [apply Rmult_le_pos; [nonnegative | apply Rlt_le, Rinv_0_lt_compat; positive]
            | apply Rlt_le; positive]
  | |- 0 <= _ * _ => first [apply Rmult_le_pos; nonnegative | apply Rlt_le; positive]
  | |- 0 <= sum_over _ _ => apply sum_over_nonneg; enter; nonnegative
  | |- _ => first [assumption | apply Rlt_le; positive | linear]
  end.

Lemma nonzero_turned a b : b - a <> 0 -> a - b <> 0.
Proof. lra. Qed.
Lemma nonzero_added a b : a - b <> 0 -> - a + b <> 0.
Proof. lra. Qed.

(* [e <> 0] *)
Ltac nonzero :=
  cbv beta;
  lazymatch goal with
  | |- _ /\ _ => split; nonzero
  (* Of a product or a power the whole may be known not to be zero, and not its factors. *)
  | |- _ * _ <> 0 =>
      first [apply Rmult_integral_contrapositive_currified; nonzero | assumption | declared]
  | |- / _ <> 0 => apply Rinv_neq_0_compat; nonzero
  | |- - _ <> 0 => apply Ropp_neq_0_compat; nonzero
  | |- _ ^ _ <> 0 => first [apply pow_nonzero; nonzero | assumption | declared]
  | |- _ =>
      first [ assumption | declared | apply nonzero_of_positive; positive | linear
            | apply nonzero_turned; first [assumption | declared]
            | apply nonzero_added; first [assumption | declared] ]
  end.

(* [a - b <> 0] *)
Ltac sides_apart :=
  cbv beta;
  first
  [ nonzero
  | rewrite Rminus_0_l; apply Ropp_neq_0_compat; nonzero
  | rewrite Rminus_0_r; nonzero ].

(* One index alone attains the maximum. *)
Ltac no_tie := cbv beta; first [assumption | declared].

Create HintDb derivatives discriminated.
#[export] Hint Constants Opaque : derivatives.

(* What a factor 1 - delta rules out needs no derivative where the two indices are one. *)
Lemma ex_pd_ruled {X} (c : coord X) i j f x :
  (i <> j -> ex_pd c f x) -> ex_pd c (fun u => (1 - delta i j) * f u) x.
Proof.
  intros H. destruct (Nat.eq_dec i j) as [E | N].
  - apply (ex_pd_ext c (fun _ => 0)); [| apply ex_pd_constant].
    intros u. rewrite (delta_same i j E). ring.
  - apply ex_pd_mult; [apply ex_pd_constant | exact (H N)].
Qed.
Lemma ex_pd_ruled_right {X} (c : coord X) i j f x :
  (i <> j -> ex_pd c f x) -> ex_pd c (fun u => f u * (1 - delta i j)) x.
Proof.
  intros H. apply (ex_pd_ext c (fun u => (1 - delta i j) * f u)); [intros; ring |].
  now apply ex_pd_ruled.
Qed.
Lemma ex_pd_ruled_quotient {X} (c : coord X) i j f x :
  (i <> j -> ex_pd c (fun u => 1 / f u) x) -> ex_pd c (fun u => (1 - delta i j) / f u) x.
Proof.
  intros H. apply (ex_pd_ext c (fun u => (1 - delta i j) * (1 / f u))).
  - intros u. unfold Rdiv. ring.
  - now apply ex_pd_ruled.
Qed.

(* The function has a derivative by the coordinate. *)
Ltac differentiable :=
  cbv beta;
  lazymatch goal with
  | |- ex_pd ?c ?F ?x =>
    lazymatch F with
    | (fun _ => ?a) => exact (ex_pd_constant c a x)
    | (fun u => sum_over ?l (fun j => @?f u j)) =>
        apply (ex_pd_sum c l (fun j u => f u j)); enter; differentiable
    | (fun u => u _) => refine (is_pd_exists _ _ _ _ (is_pd_entry _ _ _))
    | (fun u => u _ _) => refine (is_pd_exists _ _ _ _ (is_pd_entry2 _ _ _ _ _))
    | (fun u => u) => eapply is_pd_exists; apply is_pd_parameter
    | (fun u => @?f u + @?g u) => apply (ex_pd_plus c f g); differentiable
    | (fun u => @?f u - @?g u) => apply (ex_pd_minus c f g); differentiable
    | (fun u => - @?f u) => apply (ex_pd_opp c f); differentiable
    | (fun u => (1 - delta ?i ?j) * @?f u) =>
        apply (ex_pd_ruled c i j f); intro; differentiable
    | (fun u => @?f u * (1 - delta ?i ?j)) =>
        apply (ex_pd_ruled_right c i j f); intro; differentiable
    | (fun u => @?f u * @?g u) => apply (ex_pd_mult c f g); differentiable
    | (fun u => @?f u / @?g u) =>
        first [ lazymatch F with (fun u => (1 - delta ?i ?j) / _) =>
                  apply (ex_pd_ruled_quotient c i j g); intro end
              | lazymatch F with (fun u => _ / ?a) => apply (ex_pd_fraction c a f) end
              | apply (ex_pd_quotient c f g); [| | nonzero] ]; differentiable
    | (fun u => / @?f u) =>
        apply (ex_pd_ext c (fun u => 1 / f u)); [intros; unfold Rdiv; ring | differentiable]
    | (fun u => @?f u ^ ?n) =>
        apply (ex_pd_compose c (fun v => v ^ n) f);
        [eexists; apply is_derive_pow_at | differentiable]
    | (fun u => Rpower (@?f u) (@?g u)) =>
        first [ lazymatch F with (fun u => Rpower _ ?a) =>
                  apply (ex_pd_compose c (fun v => Rpower v a) f);
                  [eexists; apply is_derive_Rpower_at; positive | differentiable] end
              | unfold Rpower; differentiable ]
    | (fun u => exp (@?f u)) => differentiable_by is_derive_exp
    | (fun u => ln (@?f u)) =>
        apply (ex_pd_compose c ln f); [eexists; apply is_derive_ln; positive | differentiable]
    | (fun u => sqrt (@?f u)) =>
        apply (ex_pd_compose c sqrt f);
        [eexists; apply is_derive_sqrt_at; positive | differentiable]
    | (fun u => tanh (@?f u)) => differentiable_by is_derive_tanh_at
    | (fun u => sin (@?f u)) => differentiable_by is_derive_sin_at
    | (fun u => cos (@?f u)) => differentiable_by is_derive_cos_at
    | (fun u => sinh (@?f u)) => differentiable_by is_derive_sinh_at
    | (fun u => cosh (@?f u)) => differentiable_by is_derive_cosh_at
    | (fun u => atan (@?f u)) => differentiable_by is_derive_atan_at
    | (fun u => asin (@?f u)) => differentiable_by is_derive_asin_at
    | (fun u => acos (@?f u)) => differentiable_by is_derive_acos_at
    | (fun u => Rabs (@?f u)) => differentiable_by is_derive_abs_at
    | (fun u => sign (@?f u)) => differentiable_by is_derive_sign_at
    | (fun u => Rmax (@?f u) (@?g u)) =>
        apply (ex_pd_max c f g); [differentiable | differentiable | sides_apart]
    | (fun u => Rmin (@?f u) (@?g u)) =>
        apply (ex_pd_min c f g); [differentiable | differentiable | sides_apart]
    | (fun u => threshold (@?a u) (@?b u) (@?f u) (@?g u)) =>
        first
        [ lazymatch F with (fun u => threshold ?p ?q _ _) =>
            apply (ex_pd_branches c p q f g); differentiable end
        | apply (ex_pd_threshold c a b f g);
          [differentiable | differentiable | sides_apart | differentiable | differentiable] ]
    | (fun u => prod_over ?l (fun j => @?f u j)) =>
        apply (ex_pd_prod c l (fun j u => f u j)); enter; differentiable
    | (fun u => max_over ?l (fun j => @?f u j)) =>
        apply (ex_pd_max_over c l f); [nonempty | enter; differentiable | no_tie]
    | (fun u => attains_over ?l (fun j => @?f u j) ?k) =>
        apply (ex_pd_attains c l f k); [nonempty | enter; differentiable | no_tie]
    | (fun u => choice _ _ (@?f u) (@?g u)) => apply (ex_pd_choice c _ _ f g); differentiable
    | _ => first [ assumption | differentiable_as_proved
                 | progress autounfold with derive; differentiable
                 | differentiable_as_assumed ]
    end
  end
(* Its derivative has been worked out above. *)
with differentiable_as_proved := solve [eapply is_pd_exists; eauto 2 with nocore derivatives]
(* The derivative of a function that the library lacks is a hypothesis. *)
with differentiable_as_assumed :=
  match goal with H : _ |- _ => eapply is_pd_exists; apply H; index end
with differentiable_by known :=
  lazymatch goal with
  | |- ex_pd ?c (fun u => ?h (@?f u)) _ =>
      apply (ex_pd_compose c h f);
      [eexists; apply known; try first [nonzero | positive] | differentiable]
  end.

(** * Going under a derivative, where the point is free to move *)

(* Conditions of the context that keep the point off a kink hold near it too. *)
Definition seen (P : Prop) := True.
Ltac stays_off :=
  cbv beta;
  lazymatch goal with
  | |- near ?c (fun u => forall i : nat, (?lo <= i <= ?hi)%nat -> @?P u i) _ =>
      apply (near_range c lo hi (fun i u => P u i)); intros ? ?; stays_off
  | |- near ?c (fun u => @?E u <> 0) _ => apply (near_nonzero c E); [differentiable | nonzero]
  | |- near ?c (fun u => 0 < @?E u) _ => apply (near_above c E); [differentiable | positive]
  | |- near ?c (fun u => untied_over ?l (fun j => @?F u j)) _ =>
      apply (near_untied c l F); [nonempty | enter; differentiable | no_tie]
  end.
Ltac off_kinks c x :=
  match goal with
  | H : ?T |- near _ _ _ =>
      lazymatch T with
      | forall i : nat, _ -> _ <> 0 => idtac
      | forall i : nat, _ -> untied_over _ _ => idtac
      | _ <> 0 => idtac
      | untied_over _ _ => idtac
      | forall i : nat, _ -> 0 < _ => idtac
      | 0 < _ => idtac
      end;
      lazymatch T with context [x] => idtac end;
      lazymatch goal with _ : seen T |- _ => fail | _ => assert (seen T) by exact I end;
      lazymatch eval pattern x in T with ?P x =>
        refine (near_given c P _ x _ _); [stays_off | off_kinks c x] end
  | _ => idtac
  end.
Ltac nearby :=
  lazymatch goal with |- near ?c _ ?x =>
    progress off_kinks c x; apply near_always; intros ?; intros; cbv beta end.

Ltac at_pd :=
  let u := fresh "u" in let H := fresh "Hu" in
  first
  [ refine (pd_where _ _ _ _ _ (near_positive _ _) _); [assumption | intros u H; cbv beta]
  | refine (pd_where _ _ _ _ _ (near_positive_entries _ _ _ _ _ _) _);
    [eassumption | lia | intros u H; cbv beta]
  | refine (pd_near _ _ _ _ _); nearby
  | refine (pd_ext _ _ _ _ _); intros u; cbv beta ].

(* The function has a derivative where [g], which is equal to it near the point, has one. *)
Ltac exists_as g :=
  let u := fresh "u" in let H := fresh "Hu" in
  first
  [ refine (ex_pd_where _ _ g _ _ (near_positive _ _) _ _);
    [assumption | intros u H; symmetry; cbv beta |]
  | refine (ex_pd_where _ _ g _ _ (near_positive_entries _ _ _ _ _ _) _ _);
    [eassumption | lia | intros u H; symmetry; cbv beta |]
  | refine (ex_pd_near _ g _ _ _ _); [nearby; symmetry |]
  | refine (ex_pd_ext _ g _ _ _ _); [intros u; symmetry; cbv beta |] ].

(* The function is smooth in the entries of an array. *)
Ltac is_independent :=
  first [exact (independent_vec _ _) | exact (independent_mat _ _ _) | exact (independent_one _ _)].
Ltac smoothly :=
  cbv beta;
  lazymatch goal with
  | |- smooth ?c ?l ?F ?x =>
    lazymatch F with
    | (fun _ => ?a) => apply smooth_constant
    | (fun u => @?f u + @?g u) => apply (smooth_plus c l f g); smoothly
    | (fun u => @?f u - @?g u) => apply (smooth_minus c l f g); smoothly
    | (fun u => - @?f u) => apply (smooth_opp c l f); smoothly
    | (fun u => @?f u * @?g u) => apply (smooth_mult c l f g); smoothly
    | (fun u => @?f u / @?g u) => apply (smooth_quotient c l f g); [smoothly | smoothly | nonzero]
    | (fun u => @?f u ^ ?n) =>
        apply (smooth_compose c l (fun v => v ^ n) f);
        [eexists; apply is_derive_pow_at | smoothly]
    | (fun u => exp (@?f u)) =>
        apply (smooth_compose c l exp f); [eexists; apply is_derive_exp | smoothly]
    | (fun u => ln (@?f u)) =>
        apply (smooth_compose c l ln f); [eexists; apply is_derive_ln; positive | smoothly]
    | (fun u => Rabs (@?f u)) =>
        apply (smooth_compose c l Rabs f); [eexists; apply is_derive_abs_at; nonzero | smoothly]
    | (fun u => Rmax (@?f u) (@?g u)) =>
        apply (smooth_max c l f g); [smoothly | smoothly | sides_apart]
    | (fun u => threshold (@?a u) (@?b u) (@?f u) (@?g u)) =>
        apply (smooth_threshold c l a b f g);
        [smoothly | smoothly | sides_apart | smoothly | smoothly]
    | (fun u => sum_over ?m (fun j => @?f u j)) =>
        apply (smooth_sum c l m (fun j u => f u j)); enter; smoothly
    | (fun u => u ?j) =>
        refine (smooth_entry c l j _ _ _); [is_independent | apply in_range; index]
    | (fun u => u _ ?j) =>
        refine (smooth_entry c l j _ _ _); [is_independent | apply in_range; index]
    | _ => progress autounfold with derive; smoothly
    end
  end.
