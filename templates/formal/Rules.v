(** One tactic for each rule, under the rule's name.

    A tactic proves [before = after] where that is an instance of its rule, and fails elsewhere.
    It is used at the place that was rewritten, so that it sees nothing but what changed. *)

From Derive Require Export Witness.
From Coquelicot Require Import ElemFct.

(** * Algebra *)

(* Sums, products and fractions whose denominators may be anything. *)
Ltac by_ring :=
  cbv beta;
  first [ reflexivity
        | exact (Rmult_comm _ _)
        | exact (Rplus_comm _ _)
        | unfold Rdiv;
          repeat match goal with
            | |- context [/ (_ * _)] => rewrite Rinv_mult
            | |- context [/ / _] => rewrite Rinv_inv
            | |- context [/ 1] => rewrite Rinv_1
            end; ring ].
(* The same where a rewriting that is cheaper brings both sides to one form. *)
Ltac by_rewriting rewriting := cbv beta; first [rewriting; reflexivity | by_ring].
(* The same where denominators have to be different from zero; each is one number, whatever it is
   made of, where it does not help to look into it. *)
Ltac opaque b :=
  lazymatch b with
  | _ ^ _ => fail
  | _ * _ => fail
  | _ => idtac
  end;
  tryif is_var b then fail
  else (let H := fresh "H" in assert (H : b <> 0) by nonzero; revert H; generalize b; intros ? H).
Ltac as_numbers :=
  repeat match goal with
    | |- context [_ / ?b ^ _] => opaque b
    | |- context [_ / ?b] => opaque b
    end.
Ltac by_field :=
  first [by_ring | solve [field; nonzero] | as_numbers; solve [field; nonzero]].
(* Where something cancels [ring] fails, and late: it comes second. *)
Ltac by_cancelling :=
  first [solve [field; nonzero] | by_ring | as_numbers; solve [field; nonzero]].

(* Powers with any exponent, of a positive base: [x^2 x^g = x^(2+g)]. *)
Lemma Rpower_2 x : 0 < x -> Rpower x 2 = x * x.
Proof. intros H. replace 2 with (1 + 1) by ring. now rewrite Rpower_plus, Rpower_1. Qed.
Ltac by_powers :=
  cbv beta; unfold Rminus;
  repeat match goal with
    | |- context [Rpower ?x (2 * ?a)] => replace (2 * a) with (a + a) by ring
    | |- context [Rpower ?x (?a * 2)] => replace (a * 2) with (a + a) by ring
    | |- context [Rpower ?x (2 * ?a / ?b)] =>
        replace (2 * a / b) with (a / b + a / b) by (unfold Rdiv; ring)
    | |- context [Rpower ?x (?a + ?b)] => rewrite (Rpower_plus a b x)
    | |- context [Rpower ?x (- ?a)] => rewrite (Rpower_Ropp x a)
    | |- context [Rpower ?x (-1)] => change (Rpower x (-1)) with (Rpower x (- (1)))
    | |- context [Rpower ?x 1] => rewrite (Rpower_1 x) by positive
    | |- context [Rpower ?x 2] => rewrite (Rpower_2 x) by positive
    end;
  first [ring | field; nonzero].

(* Half powers: everything as powers of the root. *)
Lemma Rpower_half n x : 0 < x -> Rpower x (INR n / 2) = sqrt x ^ n.
Proof.
  intros H. rewrite <- Rpower_pow by now apply sqrt_lt_R0.
  rewrite <- (Rpower_sqrt x H), Rpower_mult. f_equal. field.
Qed.
Ltac by_roots :=
  match goal with
  | |- context [sqrt ?x] =>
      let H := fresh "H" in assert (H : 0 < x) by positive;
      repeat match goal with
        | |- context [Rpower x (3 / 2)] =>
            replace (Rpower x (3 / 2)) with (sqrt x ^ 3)
              by (rewrite <- (Rpower_half 3 x H); f_equal; simpl; lra)
        | |- context [Rpower x (5 / 2)] =>
            replace (Rpower x (5 / 2)) with (sqrt x ^ 5)
              by (rewrite <- (Rpower_half 5 x H); f_equal; simpl; lra)
        end;
      let E := fresh "E" in let P := fresh "P" in
      pose proof (sqrt_def x (Rlt_le _ _ H)) as E; pose proof (sqrt_lt_R0 x H) as P;
      revert E P; generalize (sqrt x); intros r E P; rewrite <- E; field; nonzero
  end.

(* The usual shapes at once, which costs a tenth of [field]. *)
Lemma cancel_alone a : a <> 0 -> a / a = 1.
Proof. apply Rinv_r. Qed.
Lemma cancel_above a b : b <> 0 -> a * b / b = a.
Proof. intros. now field. Qed.
Lemma cancel_beside a b : b <> 0 -> a / b * b = a.
Proof. intros. now field. Qed.
Lemma cancel_between a b c : b <> 0 -> a / b * b * c = a * c.
Proof. intros. now rewrite cancel_beside. Qed.
(* Functions that [ring] does not look into, of an argument with its terms in another order. *)
Ltac same_argument f a b :=
  lazymatch a with b => fail | _ => replace (f b) with (f a) by (f_equal; ring) end.
Ltac same_arguments :=
  unfold Rdiv;
  repeat match goal with
    | |- context [sign ?a] => match goal with |- context [sign ?b] => same_argument sign a b end
    | |- context [Rabs ?a] => match goal with |- context [Rabs ?b] => same_argument Rabs a b end
    | |- context [sin ?a] => match goal with |- context [sin ?b] => same_argument sin a b end
    | |- context [cos ?a] => match goal with |- context [cos ?b] => same_argument cos a b end
    | |- context [Rinv ?a] => match goal with |- context [Rinv ?b] => same_argument Rinv a b end
    end.
(* Sums of the same terms, with their factors in another order, are one. *)
Ltac same_terms :=
  repeat match goal with |- context [sum_over ?l ?f] =>
    match goal with |- context [sum_over l ?g] =>
      lazymatch f with
      | g => fail
      | _ =>
          rewrite (sum_over_ext l f g) by
            (intros; cbv beta; first [by_ring | same_terms; by_ring | same_arguments; by_ring])
      end end end.
Ltac cancel_factor :=
  first
  [ lazymatch goal with
    | |- ?a / ?a = 1 => apply cancel_alone
    | |- ?a * ?b / ?b = ?a => apply cancel_above
    | |- ?a / ?b * ?b = ?a => apply cancel_beside
    | |- ?a / ?b * ?b * ?c = ?a * ?c => apply cancel_between
    end; nonzero
  | by_cancelling
  | same_terms; by_cancelling ].
Ltac combine_powers := first [by_field | by_powers | by_roots].
Lemma absorbed x : 0 < x -> x / sqrt x = sqrt x.
Proof.
  intros H. rewrite <- (sqrt_def x (Rlt_le _ _ H)) at 1. field.
  now apply Rgt_not_eq, sqrt_lt_R0.
Qed.
Ltac absorb_factors :=
  match goal with |- _ = ?after =>
    match after with context C [sqrt ?x] =>
      let other := context C [x / sqrt x] in
      replace after with other by (rewrite (absorbed x) by positive; reflexivity);
      first [unfold Rdiv; ring | field; nonzero] end end.
(* [x^n] is [x^(n-1) x] for the base [x] beside the power. *)
Ltac absorb_base :=
  match goal with |- ?before = ?after =>
    match after with context [Rpower ?x ?n] =>
      match before with context [Rpower x ?m] =>
        replace (Rpower x n) with (Rpower x m * x)
          by (rewrite <- (Rpower_1 x) at 2 by positive; rewrite <- Rpower_plus; f_equal; ring);
        field; nonzero end end end.
Ltac factor_squares := by_ring.
Ltac reduce_power := by_powers.
Ltac power_of_power := first
  [ by_field
  | apply pow2_sqrt; nonnegative
  | rewrite Rpower_mult; f_equal; solve [field; nonzero]
  | rewrite <- Rpower_pow, Rpower_mult by apply exp_pos; f_equal; cbn [INR]; solve [field; nonzero]
  | by_powers ].
Lemma sqrt_mult_pos x y : 0 < x -> 0 < y -> sqrt (x * y) = sqrt x * sqrt y.
Proof. intros Hx Hy. apply sqrt_mult; now apply Rlt_le. Qed.
Ltac power_of_product :=
  first [by_field | by_powers | by_roots | repeat rewrite sqrt_mult_pos by positive; by_ring].
Lemma Rpower_quotient x y n : 0 < x -> 0 < y -> Rpower (x / y) n = Rpower x n / Rpower y n.
Proof.
  intros Hx Hy. unfold Rdiv.
  rewrite <- Rpower_mult_distr by (try apply Rinv_0_lt_compat; assumption).
  f_equal. unfold Rpower. rewrite ln_Rinv, <- exp_Ropp by exact Hy. f_equal; ring.
Qed.
Lemma Rpower_of_one n : Rpower 1 n = 1.
Proof. unfold Rpower. now rewrite ln_1, Rmult_0_r, exp_0. Qed.
Ltac power_of_quotient := first
  [ by_field | rewrite Rpower_quotient by positive; first [reflexivity | by_field]
  | by_powers | by_roots
  | repeat rewrite Rpower_quotient by positive; rewrite ?Rpower_of_one; by_field ].
Lemma Rpower_of_square c n : 0 < c -> Rpower (c ^ 2) n = Rpower c (n + n).
Proof.
  intros Hc. rewrite <- (Rpower_pow 2 c Hc), Rpower_mult. f_equal. cbn [INR]. ring.
Qed.
Ltac raise_root :=
  rewrite Rpower_of_square by positive;
  match goal with
  | |- _ = Rpower ?c ?m * Rpower ?b ?n =>
      replace m with n by by_field; rewrite Rpower_mult_distr by positive; f_equal; by_field
  end.
Ltac divide_powers :=
  repeat rewrite Rpower_quotient by positive; first [reflexivity | by_field | by_powers].
Ltac multiply_quotients := by_ring.
Ltac join_reciprocal := by_ring.
Ltac flatten_quotient := by_ring.
Ltac split_numerator := by_field.
Ltac clear_number := by_field.
Ltac factor_number := by_cancelling.
Ltac split_quotient := by_rewriting ltac:(unfold Rdiv, Rminus; rewrite ?Rmult_plus_distr_r, ?Ropp_mult_distr_l).
Ltac complement_fraction := by_cancelling.
Ltac complement_term := by_cancelling.
Ltac complement_odds := by_cancelling.
Ltac distribute_product := by_rewriting ltac:(rewrite ?Rmult_minus_distr_l, ?Rmult_plus_distr_l).
Ltac distribute_factor := by_ring.
Ltac distribute_negative := by_rewriting ltac:(unfold Rminus; rewrite ?Ropp_plus_distr, ?Ropp_involutive).
Ltac turn_sign := by_ring.
Ltac take_out_sign := by_ring.
Ltac turn_difference := by_ring.
Ltac turn_exponent := f_equal; by_ring.
Ltac turn_factor := by_ring.
Ltac turn_both := turn_factor.
Lemma cosh_opp u : cosh (- u) = cosh u.
Proof. unfold cosh. rewrite Ropp_involutive. apply (f_equal (fun x => x / 2)), Rplus_comm. Qed.

Lemma sinh_opp u : sinh (- u) = - sinh u.
Proof. unfold sinh. rewrite Ropp_involutive. field. Qed.

Lemma tanh_opp u : tanh (- u) = - tanh u.
Proof. unfold tanh. rewrite cosh_opp, sinh_opp. apply Ropp_div. Qed.

Ltac reflect_even_power := by_ring.
Ltac reflect_odd_power := by_ring.
Ltac reflect_abs := apply Rabs_Ropp.
Ltac reflect_sign := apply sign_opp.
Ltac reflect_cos := apply cos_neg.
Ltac reflect_sin := apply sin_neg.
Ltac reflect_atan := apply atan_opp.
Ltac reflect_cosh := apply cosh_opp.
Ltac reflect_sinh := apply sinh_opp.
Ltac reflect_tanh := apply tanh_opp.
Ltac cancel_terms := first [by_ring | same_terms; by_ring | by_powers].
Ltac collect_terms := first [by_field | same_terms; by_field | by_powers].
Ltac join_fractions := first [by_field | by_powers | by_roots].
Ltac gather_defined := first [by_field | by_powers | by_roots].
Ltac factor_cancelling := first [by_field | by_powers | by_roots].
Ltac factor_pairs := first [by_field | by_powers | by_roots].
Ltac factor_partly := first [by_field | by_powers | by_roots].
Ltac factor_bracket := by_field.
Ltac factor_opposite := by_ring.
Ltac factor_inner_bracket := by_field.
Ltac factor_complement := by_field.
(* An index [k - t] in an exponent is what it says where a bracket beside it is not zero. *)
Ltac in_bracket :=
  match goal with |- context [bracket ?i ?j] =>
    destruct (le_dec i j);
    [ rewrite (bracket_true i j) by assumption; rewrite ?minus_INR by lia; by_powers
    | rewrite (bracket_false i j) by assumption; by_ring ] end.
Ltac factor_common := first [by_field | by_powers | by_roots | in_bracket].
Ltac factor_numerator := first [by_field | by_powers | by_roots].
Lemma inv_turned u : / (1 - exp (- u)) = exp u * / (exp u - 1).
Proof.
  replace (1 - exp (- u)) with (/ exp u * (exp u - 1))
    by (rewrite exp_Ropp; field; apply Rgt_not_eq, exp_pos).
  now rewrite Rinv_mult, Rinv_inv.
Qed.
Ltac turn_exponentials :=
  unfold Rdiv; rewrite ?Rinv_mult;
  match goal with |- context [/ (1 - exp (- ?u))] =>
    rewrite (inv_turned u), (exp_Ropp u); generalize (/ (exp u - 1)); intro; field; nonzero end.
Ltac put_over_bar := by_cancelling.
Ltac subtract_next_fraction := by_cancelling.
Ltac clear_numerator := by_cancelling.
Ltac clear_denominator := by_cancelling.
Ltac clear_bar := by_cancelling.
Ltac divide_numerator := first [by_field | by_powers | by_roots].
Ltac reorder_terms := by_ring.
Ltac reorder_factors := by_ring.
Ltac flatten_sum := by_rewriting ltac:(rewrite <- ?Rplus_assoc).
Ltac flatten_product := by_rewriting ltac:(rewrite <- ?Rmult_assoc).
Ltac drop_zero := by_rewriting ltac:(rewrite ?Rplus_0_l, ?Rplus_0_r, ?Rminus_0_l, ?Rminus_0_r).
Ltac drop_one := by_rewriting ltac:(rewrite ?Rmult_1_l, ?Rmult_1_r).
Ltac multiply_by_zero := by_rewriting ltac:(rewrite ?Rmult_0_l, ?Rmult_0_r).
Ltac cancel_double_negative := by_ring.
Ltac move_sign :=
  by_rewriting ltac:(unfold Rdiv;
    rewrite ?Rinv_opp, <- ?Ropp_mult_distr_r, <- ?Ropp_mult_distr_l, <- ?Rmult_assoc, ?Ropp_involutive).
Ltac combine_numbers := by_field.
Ltac divide_by_one := by_field.
Ltac divide_zero := by_ring.
Ltac drop_exponent := first [by_ring | apply Rpower_1; positive].
Ltac power_of_one := first [apply pow1 | by_ring | unfold Rpower; rewrite ln_1, Rmult_0_r; apply exp_0].
Ltac separate_share := first [by_powers | by_roots].
Ltac separate_quotient := by_cancelling.
Ltac write_complement := by_cancelling.
Ltac turn_logistic :=
  match goal with |- ?before = ?after =>
    match before with context [exp ?u] =>
      match after with context [exp ?v] =>
        replace (exp v) with (/ exp u) by (rewrite <- exp_Ropp; f_equal; by_ring);
        generalize (exp_pos u); generalize (exp u); intros; field; repeat split; lra end end end.
Ltac turn_sigmoid := turn_logistic.
Ltac subtract_logistics :=
  match goal with |- ?before = (1 - exp ?d) / ((1 + exp ?u) * (1 + exp ?v)) =>
    match before with context [exp ?w] =>
      replace (exp w) with (/ exp v) by (rewrite <- exp_Ropp; f_equal; by_ring);
      replace (exp d) with (exp u * exp v) by (rewrite <- exp_plus; f_equal; by_ring);
      generalize (exp_pos u); generalize (exp_pos v); generalize (exp u); generalize (exp v);
      intros; field; repeat split; lra end end.
Ltac divide_slopes := by_cancelling.
Lemma split_square a b s : a * b / s ^ 2 = a / s * (b / s).
Proof. unfold Rdiv. rewrite <- Rsqr_pow2. unfold Rsqr. rewrite Rinv_mult. ring. Qed.
Ltac split_fraction := first [apply split_square | by_cancelling].
Lemma Rpower_reciprocal x n : 0 < x -> Rpower (1 / x) n = / Rpower x n.
Proof.
  intros H. unfold Rpower, Rdiv. rewrite Rmult_1_l, ln_Rinv, <- exp_Ropp by exact H.
  f_equal; ring.
Qed.
Lemma sqrt_reciprocal x : 0 < x -> sqrt (1 / x) = / sqrt x.
Proof. intros H. unfold Rdiv. rewrite Rmult_1_l. now apply sqrt_inv. Qed.
Ltac invert_power :=
  first [rewrite Rpower_reciprocal by positive | rewrite sqrt_reciprocal by positive];
  unfold Rdiv; ring.
Ltac invert_quotient := by_field.

(** * Logarithms and exponentials *)

Lemma ln_Rpower x a : ln (Rpower x a) = a * ln x.
Proof. apply ln_exp. Qed.

Ltac by_logarithm :=
  cbv beta; unfold Rdiv;
  repeat first
  [ rewrite ln_mult by positive | rewrite ln_Rpower
  | rewrite ln_Rinv by positive | rewrite ln_pow by positive ];
  simpl INR; ring.
Ltac expand_log_quotient := by_logarithm.
Ltac expand_log_fraction := by_logarithm.
Ltac expand_log_product := by_logarithm.
Ltac split_log := by_logarithm.
Ltac expand_log_power := by_logarithm.
Ltac cancel_log_exp := apply ln_exp.
Ltac log_of_one := apply ln_1.

(** * Sums *)

(* A sum that is linear in other sums over the same range. *)
Ltac by_terms :=
  unfold Rminus; rewrite <- ?sum_over_opp, <- ?sum_over_plus;
  apply sum_over_ext; enter; by_ring.
Ltac split_total := by_terms.
Ltac pull_out_sign := rewrite <- sum_over_opp; by_terms.
Ltac take_sign_in := rewrite sum_over_opp; by_ring.
Ltac turn_total :=
  match goal with |- ?before = ?after =>
    match before with context [sum_over ?l ?f] =>
      match after with context [sum_over l ?g] =>
        let H := fresh "H" in
        assert (H : sum_over l g = - sum_over l f)
          by (rewrite <- sum_over_opp; first [by_terms | apply sum_over_ext; enter; by_ring]);
        rewrite H; by_ring end end end.
Ltac pull_out_factor :=
  match goal with |- _ = ?a * sum_over ?l ?f =>
    rewrite <- (sum_over_scale l a f); apply sum_over_ext; enter; by_ring end.
Ltac pull_out_constant :=
  match goal with |- _ = sum_over ?l ?f + ?c * sum_over ?l ?g =>
    rewrite <- (sum_over_scale l c g), <- (sum_over_plus l f (fun j => c * g j));
    apply sum_over_ext; enter; by_ring end.
Ltac take_factor_in :=
  unfold Rdiv; rewrite <- ?sum_over_scale_right, <- ?sum_over_scale, <- ?sum_over_scale_right;
  apply sum_over_ext; enter; by_ring.
Ltac exchange_totals :=
  match goal with |- _ = sum_over ?m (fun n => sum_over ?l (@?f n)) =>
    transitivity (sum_over l (fun j => sum_over m (fun n => f n j)));
    [ apply sum_over_ext; enter; rewrite <- ?sum_over_scale, <- ?sum_over_scale_right;
      apply sum_over_ext; enter; by_ring
    | exact (sum_over_exchange l m (fun j n => f n j)) ] end.
Ltac join_totals :=
  match goal with |- _ = ?after =>
    match after with context [sum_over ?l (fun j => @?f j + @?g j)] =>
      rewrite (sum_over_plus l f g); by_ring end end.
Ltac join_multiples :=
  match goal with |- _ = ?after =>
    match after with context [sum_over ?l (fun j => @?f j + @?g j)] =>
      rewrite (sum_over_plus l f g); by_field end end.
Ltac join_sharing :=
  unfold Rminus; match goal with |- _ = ?after =>
    match after with context [sum_over ?l (fun j => @?f j + @?g j)] =>
      rewrite (sum_over_plus l f g); unfold Rdiv;
      rewrite <- ?sum_over_opp, <- ?sum_over_scale, <- ?sum_over_scale_right;
      rewrite <- ?sum_over_opp; same_terms; by_field end end.
Ltac subtract_totals :=
  match goal with |- _ = ?after =>
    match after with context [sum_over ?l (fun j => @?f j - @?g j)] =>
      rewrite (sum_over_minus l f g); by_ring end end.
Ltac sum_constant :=
  rewrite total_constant by index; rewrite ?plus_INR, ?minus_INR by index; simpl INR; by_ring.
Ltac sum_zero := apply sum_over_zero; reflexivity.
Ltac divide_inside_total :=
  match goal with |- _ = ?after =>
    match after with context [sum_over ?l (fun j => @?f j / ?c)] =>
      rewrite (sum_over_ext l (fun j => f j / c) (fun j => / c * f j)) by (intros; by_ring);
      rewrite (sum_over_scale l (/ c) f); by_ring end end.

(** A delta leaves one term of a sum, where its index is in range. *)
Lemma total_contract k lo hi f :
  (forall j, (lo <= j <= hi)%nat -> j <> k -> f j = 0) ->
  total lo hi f = bracket lo k * (bracket k hi * f k).
Proof.
  intros H. destruct (le_dec lo k) as [Hl|Hl].
  - destruct (le_dec k hi) as [Hh|Hh].
    + rewrite !bracket_true by assumption. rewrite (total_single k) by auto. ring.
    + rewrite (bracket_false k hi Hh), sum_over_zero; [ring|].
      intros j Hj. apply in_range in Hj. apply H; lia.
  - rewrite (bracket_false lo k Hl), sum_over_zero; [ring|].
    intros j Hj. apply in_range in Hj. apply H; lia.
Qed.

Ltac vanishing :=
  let Hne := fresh "Hne" in
  lazymatch goal with |- forall j : nat, _ -> j <> _ -> _ => intros ? ? Hne end; cbv beta;
  multimatch goal with |- context [delta ?i ?j] =>
    rewrite (delta_apart i j) by (first [exact Hne | exact (not_eq_sym Hne)]) end;
  multiply_by_zero.
(* The same indices, written alike on both sides. *)
Ltac same_indices :=
  repeat match goal with |- context [(?a - ?b + ?b)%nat] =>
    replace (a - b + b)%nat with a by lia end;
  repeat match goal with
    | |- context [(?a - 1 - 1)%nat] => replace (a - 1 - 1)%nat with (a - 2)%nat by lia
    | |- context [(?a + 1 + 1)%nat] => replace (a + 1 + 1)%nat with (a + 2)%nat by lia
    | |- context [(?a + ?b - ?b)%nat] => replace (a + b - b)%nat with a by lia end;
  repeat match goal with |- ?before = ?after =>
    match before with context [bracket ?i ?j] =>
      match after with context [bracket ?k ?l] =>
        tryif (constr_eq i k; constr_eq j l) then fail
        else rewrite (bracket_as i j k l) by lia end end end;
  repeat match goal with |- ?before = ?after =>
    match before with context [delta ?i ?j] =>
      match after with context [delta ?k ?l] =>
        tryif (constr_eq i k; constr_eq j l) then fail
        else rewrite (delta_as i j k l) by (split; intros; lia) end end end.
(* Deltas of the same two indices, all the same way round. *)
Ltac same_way :=
  repeat match goal with |- context [delta ?i ?j] =>
    match goal with |- context [delta j i] =>
      tryif constr_eq i j then fail else rewrite (delta_as i j j i) by (split; intros; lia)
    end end.
(* The same inside of a sum. *)
Ltac same_indices_inside :=
  match goal with |- ?before = ?after =>
    match before with context [sum_over ?l ?f] => match after with context [sum_over l ?g] =>
      tryif constr_eq f g then fail
      else replace (sum_over l f) with (sum_over l g)
        by (apply sum_over_ext; enter; same_indices; reflexivity) end end end.
(* Sums of indices in one order: what was [l + p] is [p + q] where q takes the place of l. *)
Ltac same_sums :=
  repeat match goal with |- ?before = ?after =>
    match before with context [(?a + ?b)%nat] => match after with context [(?c + ?d)%nat] =>
      tryif constr_eq (a + b)%nat (c + d)%nat then fail
      else replace (a + b)%nat with (c + d)%nat by lia end end end.
Ltac remaining :=
  cbv beta; repeat match goal with
    | |- context [bracket ?i ?j] => rewrite (bracket_true i j) by index end;
  match goal with |- context [delta ?i ?i] =>
      rewrite (delta_same i i eq_refl); same_indices;
      first [drop_one | same_indices_inside; drop_one | same_sums; drop_one]
  end.
(* The entries of an array at the same index, written alike on both sides. *)
Ltac same_entries :=
  repeat match goal with |- ?before = ?after =>
    match before with context [?u ?i] => lazymatch type of i with nat =>
      match after with context [u ?j] =>
        tryif constr_eq i j then fail else replace i with j by lia end end end end.
(* What [j] is where [a] is [b], handed on. *)
Ltac isolate j a b hand_on :=
  lazymatch a with
  | j => hand_on b
  | (?x + ?y)%nat =>
      first [isolate j x constr:((b - y)%nat) hand_on | isolate j y constr:((b - x)%nat) hand_on]
  | (?x - ?y)%nat =>
      first [isolate j x constr:((b + y)%nat) hand_on | isolate j y constr:((x - b)%nat) hand_on]
  end.
Ltac contract_at lo hi f k vanish :=
  destruct (le_dec lo k); [destruct (le_dec k hi) |];
  [ rewrite (total_single k lo hi f) by first [split; assumption | exact vanish]; cbv beta;
    repeat match goal with
      | |- context [bracket ?i ?j] => rewrite (bracket_true i j) by index
      | |- context [delta ?i ?j] => rewrite (delta_same i j) by lia end;
    first [by_ring | same_entries; by_ring | same_indices_inside; by_ring]
  | .. ];
  first
  [ exfalso; lia
  | rewrite (sum_over_zero (range lo hi) f)
      by (let B := fresh "B" in intros ? B; apply in_range in B; apply vanish; lia);
    match goal with |- context [bracket ?i ?j] => rewrite (bracket_false i j) by lia end;
    by_ring ].
(* The delta of a sum or a difference of indices: [delta k (n - j)] singles out [j = n - k]. *)
Ltac contract_solved :=
  match goal with |- sum_over (range ?lo ?hi) ?f = ?after =>
    let k := fresh "k" in let vanish := fresh "V" in let Hne := fresh "Hne" in
    let j := fresh "j" in
    evar (k : nat);
    assert (vanish : forall j, (lo <= j <= hi)%nat -> j <> k -> f j = 0);
    [ intros j ? Hne; cbv beta;
      multimatch goal with |- context [delta ?a ?b] =>
        first
          [ isolate j a b ltac:(fun s => instantiate (1 := s) in (value of k))
          | isolate j b a ltac:(fun s => instantiate (1 := s) in (value of k)) ];
        rewrite (delta_apart a b) by (subst k; lia) end;
      multiply_by_zero
    | first
      [ match after with context [?i] =>
          lazymatch type of i with nat =>
            let E := fresh "E" in
            assert (E : k = i) by (subst k; lia); rewrite E in vanish; clear E; subst k;
            contract_at lo hi f i vanish end end
      | let solved := eval unfold k in k in subst k; contract_at lo hi f solved vanish ] ]
  end.
(* An index that is surely in range comes first: it needs no brackets. *)
Ltac contract_delta :=
  first [ refine (eq_trans (total_single _ _ _ _ _ _) _); [| vanishing |]; [index | remaining]
        | refine (eq_trans (total_contract _ _ _ _ _) _); [vanishing | remaining]
        | refine (eq_trans (total_but_single _ _ _ _ _ _ _) _);
          [| vanishing | remaining]; repeat constructor; index
        | match goal with |- ?before = _ =>
            (* Where there are several deltas it is one of them. *)
            match before with context [delta _ ?k] =>
              refine (eq_trans (total_contract k _ _ _ _) _); [vanishing | remaining] end end
        | contract_solved ].
(* What a sum gains by a delta is its term at the index of that. *)
Ltac insert_delta :=
  match goal with |- ?before = ?after =>
    match after with context [sum_over ?l ?g] =>
      match before with context [sum_over l ?f] =>
        let E := fresh "E" in let K := fresh "K" in
        assert (E : sum_over l g = sum_over l f + sum_over l (fun j => g j - f j))
          by (rewrite <- sum_over_plus; apply sum_over_ext; intros; cbv beta; ring);
        let single k :=
          assert (K : sum_over l (fun j => g j - f j) = g k - f k)
            by (apply (total_single k); [index | vanishing]) in
        first [ match g with context [delta _ ?k] => single k end
              | match g with context [delta ?k _] => single k end ];
        rewrite E, K; cbv beta; rewrite (delta_same _ _ eq_refl); by_ring end end end.
Ltac contract_delta_from := contract_delta.
Ltac contract_delta_upto := contract_delta.
Ltac contract_delta_between := contract_delta.

Ltac absorb_bracket :=
  cbv beta; refine (total_narrow _ _ _ _ _ _ _ _ _ _); [index | index | |];
  intros ? ? ?; cbv beta;
  match goal with |- context [bracket ?i ?j] =>
    first [rewrite (bracket_true i j) by lia | rewrite (bracket_false i j) by lia] end; by_ring.
Ltac satisfy_bracket := apply bracket_true; index.
Ltac vanish_bracket := apply bracket_false; index.
Ltac include_index :=
  match goal with |- total_but [?k] ?lo ?hi ?f = _ =>
    rewrite (total_exclude k lo hi f) by index; cbv beta;
    match goal with |- context [bracket ?i ?j] => rewrite (bracket_false i j) by index end;
    by_ring end.
Ltac include_above := include_index.
Ltac include_below := include_index.
Ltac absorb_bracket_upper := absorb_bracket.
Ltac drop_bracket :=
  match goal with |- context [bracket ?i ?j] =>
    destruct (le_dec i j);
    [ rewrite (bracket_true i j) by assumption; by_ring
    | rewrite (bracket_false i j) by assumption;
      match goal with
      | |- context [sum_over (range ?lo ?hi) ?f] => rewrite (total_empty lo hi f) by lia
      | |- context [sum_over (range_but ?xs ?lo ?hi) ?f] =>
          rewrite (total_but_empty xs lo hi f) by lia
      end; by_ring ] end.
Ltac join_ranges :=
  match goal with |- ?apart = ?joined =>
    match joined with context [sum_over (range_but [?k] ?lo ?hi) ?h] =>
      match apart with context [sum_over (range lo ?m) ?f] =>
        match apart with context [sum_over (range ?n hi) ?g] =>
          rewrite <- (total_around k lo m n hi f g h) by (intros; first [index | by_ring]); by_ring
        end end end end.
Ltac absorb_bracket_lower := absorb_bracket.
Ltac extend_upwards :=
  match goal with |- ?apart = ?joined =>
    match joined with context [sum_over (range ?lo ?k) ?f] =>
      match apart with context [sum_over (range lo ?m) f] =>
        rewrite (total_last k lo m f) by index; by_ring end end end.
Ltac extend_downwards :=
  match goal with |- ?apart = ?joined =>
    match joined with context [sum_over (range ?k ?hi) ?f] =>
      match apart with context [sum_over (range ?m hi) f] =>
        rewrite (total_first k m hi f) by index; by_ring end end end.
Ltac by_bracket i j :=
  destruct (le_dec i j);
  [rewrite (bracket_true i j) by assumption | rewrite (bracket_false i j) by assumption].
(* Where the wider bracket is one, the other one is or the delta. *)
Ltac widen_bracket :=
  match goal with |- ?apart = ?widened =>
    match widened with context [bracket ?i ?j] =>
      match apart with context [bracket ?m ?n] =>
        match apart with context [delta ?k ?l] =>
          by_bracket i j; by_bracket m n;
          first [ exfalso; lia
                | rewrite (delta_same k l) by lia; by_ring
                | rewrite (delta_apart k l) by lia; by_ring ] end end end end.
(* One of the two brackets is one, and the other zero. *)
Ltac join_brackets :=
  match goal with |- context [bracket ?i ?j] => by_bracket i j;
    match goal with |- context [bracket ?m ?n] =>
      first [rewrite (bracket_true m n) by lia | rewrite (bracket_false m n) by lia]; by_ring
    end end.
(* Where the indices differ one of the two is one, and the other zero. *)
Ltac join_strict_brackets :=
  match goal with |- context [delta ?k ?l] =>
    destruct (Nat.eq_dec k l);
    [rewrite (delta_same k l) by lia | rewrite (delta_apart k l) by lia] end;
  match goal with |- context [bracket ?i ?j] => by_bracket i j; first
    [ exfalso; lia
    | match goal with |- context [bracket ?m ?n] =>
        first [rewrite (bracket_true m n) by lia | rewrite (bracket_false m n) by lia]; by_ring
      end ] end.
Ltac drop_inner_bracket :=
  match goal with |- context [bracket ?i ?j] => by_bracket i j; by_ring end.

(* Indices that are left out, in the order of the other side. *)
Ltac same_order :=
  match goal with |- ?before = ?after =>
    match before with context [range_but [?x; ?y] ?lo ?hi] =>
      match after with context [range_but [y; x] lo hi] =>
        rewrite (range_but_swap x y lo hi) end end end.
(* A delta that is 1 is dropped; the one that says whether the term is there stays. *)
Ltac remaining_but :=
  cbv beta; match goal with |- context [delta ?i ?i] => rewrite (delta_same i i eq_refl) end;
  same_indices; try same_order; by_ring.

Ltac distribute_difference := distribute_product.

Ltac exclude_index :=
  match goal with |- _ = _ + sum_over (range_but [?k] ?lo ?hi) ?f =>
    first
    [ apply (total_exclude k); index
    | rewrite (total_exclude k lo hi f) by index; apply f_equal2; [cbv beta | reflexivity];
      first [same_indices; reflexivity | same_indices_inside; reflexivity] ] end.
Ltac complete_total :=
  match goal with |- sum_over (range_but [?k] ?lo ?hi) ?f = _ =>
    rewrite (total_exclude k lo hi f) by index; by_ring end.
Ltac rejoin_index :=
  match goal with |- context [sum_over (range_but [?k] ?lo ?hi) ?f] =>
    rewrite (total_exclude k lo hi f) by index; by_ring end.

Ltac sum_constant_but :=
  match goal with |- sum_over (range_but [?k] ?lo ?hi) ?f = _ =>
    let E := fresh "E" in
    assert (E := total_exclude k lo hi f); cbv beta in E; rewrite total_constant in E by index;
    apply (Rplus_eq_reg_l (f k)); cbv beta; rewrite <- E by index;
    rewrite ?plus_INR, ?minus_INR by index; simpl INR; by_ring end.
(* Sums without an index that counts for nothing, or whose term is taken away. *)
Ltac exclude_masked :=
  match goal with |- sum_over (range ?lo ?hi) ?f = sum_over (range_but [?k] ?lo ?hi) ?g =>
    rewrite (total_exclude k lo hi f) by index; cbv beta; rewrite (delta_same k k eq_refl);
    replace (sum_over (range_but [k] lo hi) f) with (sum_over (range_but [k] lo hi) g);
    [by_ring |
     apply sum_over_ext; enter; cbv beta;
     match goal with A : ?j <> k |- _ =>
       first [rewrite (delta_apart j k A) | rewrite (delta_apart k j (not_eq_sym A))]; by_ring end]
  end.
Lemma total_but_masked xs lo hi f :
  total_but xs lo hi f = total lo hi (fun j => (if existsb (Nat.eqb j) xs then 0 else 1) * f j).
Proof.
  unfold range_but. induction (range lo hi) as [|a l IH]; [reflexivity|].
  cbn [filter]. destruct (existsb (Nat.eqb a) xs) eqn:E; cbn [negb sum_over]; rewrite E, IH; ring.
Qed.
(* One of several that a sum leaves out becomes a mask. *)
Ltac mask_several :=
  rewrite !total_but_masked; apply sum_over_ext; intros ? _; cbn [existsb]; unfold delta;
  repeat match goal with |- context [Nat.eqb ?a ?b] => destruct (Nat.eqb_spec a b) end;
  subst; simpl; first [ring | congruence].
Ltac mask_excluded := first [symmetry; exclude_masked | mask_several].
(* The term of its own index has a margin in its exponent, which a delta takes away from others. *)
Ltac rejoin_margin :=
  match goal with |- ?before = ?after =>
    match before with context [sum_over (range_but [?k] ?lo ?hi) ?f] =>
    match after with context [sum_over (range lo hi) ?g] =>
    match before with context [exp ?power] =>
      rewrite (total_exclude k lo hi g) by index;
      replace (g k) with (exp power)
        by (cbv beta; rewrite (delta_same k k eq_refl); apply f_equal; by_ring);
      replace (sum_over (range_but [k] lo hi) g) with (sum_over (range_but [k] lo hi) f);
      [by_ring |
       apply sum_over_ext; enter; cbv beta; apply f_equal;
       match goal with A : ?j <> k |- _ => rewrite (delta_apart j k A); by_ring end]
    end end end end.
(* Zero in every term, or times what is. *)
Ltac write_largest :=
  match goal with |- _ = max_over ?l ?f =>
    rewrite <- (attains_largest l f) by (first [nonempty | distinct]);
    apply sum_over_ext; intros; by_ring end.
Ltac vanish_argmax := apply attains_left_out; simpl; tauto.
Ltac by_vanishing :=
  first
  [ by_ring
  | unfold Rminus, Rdiv; lazymatch goal with
    | |- - _ = 0 => apply Ropp_eq_0_compat; by_vanishing
    | |- _ * _ = 0 => first
        [ apply Rmult_eq_0_compat_r; by_vanishing | apply Rmult_eq_0_compat_l; by_vanishing ]
    | |- sum_over _ _ = 0 => apply sum_over_zero; intros; by_vanishing
    | |- attains_over _ _ _ = 0 => vanish_argmax
    | |- Rabs ?u = 0 => replace u with 0 by (symmetry; by_vanishing); apply Rabs_R0
    | |- ?u ^ _ = 0 => replace u with 0 by (symmetry; by_vanishing); by_ring
    | |- ?a + ?b = 0 => replace a with 0 by (symmetry; by_vanishing);
        replace b with 0 by (symmetry; by_vanishing); by_ring
    end ].
Ltac rejoin_one :=
  match goal with |- context [sum_over (range_but [?k] ?lo ?hi) ?f] =>
    rewrite (total_exclude k lo hi f) by index;
    replace (f k) with 1 by
      (cbv beta; refine (eq_trans (eq_sym exp_0) _); apply f_equal; symmetry; by_vanishing);
    by_ring end.
Ltac rejoin_one_margin :=
  match goal with |- ?before = ?after =>
    match before with context [sum_over (range_but [?k] ?lo ?hi) ?f] =>
    match after with context [sum_over (range lo hi) ?g] =>
      rewrite (total_exclude k lo hi g) by index;
      replace (g k) with 1
        by (cbv beta; rewrite (delta_same k k eq_refl); symmetry;
            refine (eq_trans _ exp_0); apply f_equal; by_ring);
      replace (sum_over (range_but [k] lo hi) g) with (sum_over (range_but [k] lo hi) f);
      [by_ring |
       apply sum_over_ext; enter; cbv beta; apply f_equal;
       match goal with A : ?j <> k |- _ => rewrite (delta_apart j k A); by_ring end]
    end end end.
Ltac include_alone :=
  match goal with |- sum_over (range_but [?k] ?lo ?hi) ?f = _ =>
    rewrite (total_exclude k lo hi f) by index;
    replace (f k) with 0 by (symmetry; cbv beta; by_vanishing); by_ring end.
(* The same where the sum leaves out several, and the value is zero at one of them. *)
Ltac include_one_of_several :=
  rewrite !total_but_masked; apply sum_over_ext; intros ? _; cbn [existsb];
  repeat match goal with |- context [Nat.eqb ?a ?b] => destruct (Nat.eqb_spec a b) end;
  subst; cbn [orb]; rewrite ?Rmult_0_l, ?Rmult_1_l; first [reflexivity | symmetry; by_vanishing].
Ltac include_zero := first [include_alone | include_one_of_several].
Ltac exclude_zero := symmetry; include_zero.
Ltac write_mask :=
  match goal with |- _ = ?after =>
    repeat match after with context [delta ?j ?k] => rewrite (delta_apart j k) by index end;
    by_ring end.
Lemma sum_over_exchange_others lo hi f :
  sum_over (range lo hi) (fun j => sum_over (range_but [j] lo hi) (fun n => f j n))
  = sum_over (range lo hi) (fun n => sum_over (range_but [n] lo hi) (fun j => f j n)).
Proof.
  apply (Rplus_eq_reg_l (sum_over (range lo hi) (fun j => f j j))).
  rewrite <- !sum_over_plus. etransitivity; [| etransitivity].
  2: exact (sum_over_exchange (range lo hi) (range lo hi) f).
  - apply sum_over_ext. intros j Hj. apply in_range in Hj.
    symmetry. now apply (total_exclude j lo hi (fun n => f j n)).
  - apply sum_over_ext. intros n Hn. apply in_range in Hn.
    now apply (total_exclude n lo hi (fun j => f j n)).
Qed.
Ltac exchange_others :=
  match goal with |- _ = sum_over (range ?lo ?hi) (fun n => sum_over (range_but [n] ?lo ?hi) (@?f n)) =>
    transitivity
      (sum_over (range lo hi) (fun j => sum_over (range_but [j] lo hi) (fun n => f n j)));
    [ apply sum_over_ext; enter; rewrite <- ?sum_over_scale, <- ?sum_over_scale_right;
      apply sum_over_ext; enter; by_ring
    | exact (sum_over_exchange_others lo hi (fun j n => f n j)) ] end.
Ltac take_term_out :=
  match goal with |- context [sum_over (range_but [?k] ?lo ?hi) ?f] =>
    rewrite (total_exclude k lo hi f) by index; cbv beta; first [by_ring | same_way; by_ring] end.
Ltac leave_term_out := take_term_out.
Ltac complement_share :=
  match goal with |- _ = sum_over (range_but [?k] ?lo ?hi) ?f / _ =>
    let E := fresh "E" in pose proof (total_exclude k lo hi f) as E;
    let H := fresh "H" in
    assert (H : total lo hi f <> 0) by nonzero;
    transitivity ((total lo hi f - f k) / total lo hi f);
    [field; exact H | apply f_equal2; [rewrite E by index; by_ring | reflexivity]] end.
(* What is left of one where [a] of [a + b] is taken away, beside what another one is there. *)
Lemma share_of_rest a b : a + b <> 0 -> 1 - a / (a + b) <> 0 -> b <> 0.
Proof. intros H N ->. apply N. rewrite Rplus_0_r in *. now field. Qed.
Lemma share_of_rest_same a b : a + b <> 0 -> 1 - a / (a + b) <> 0 ->
  (1 - a / (a + b)) * / (1 - a / (a + b)) = 1.
Proof. intros _ N. now apply Rinv_r. Qed.
Lemma share_of_rest_apart a b q : a + b <> 0 -> 1 - a / (a + b) <> 0 ->
  q / (a + b) * / (1 - a / (a + b)) = q / b.
Proof.
  intros H N. assert (B := share_of_rest a b H N).
  replace (1 - a / (a + b)) with (b / (a + b)) by (field; exact H).
  field. split; [exact B | exact H].
Qed.
Lemma share_among i k q a b t : t = a + b -> t <> 0 -> 1 - a / t <> 0 -> (i = k -> q = a) ->
  (delta i k - q / t) * / (1 - a / t) = delta i k - (1 - delta i k) * (q / b).
Proof.
  intros -> H N Q. unfold delta. destruct (Nat.eqb_spec i k) as [E|E].
  - rewrite (Q E), share_of_rest_same by assumption. ring.
  - rewrite <- (share_of_rest_apart a b q H N). ring.
Qed.
Ltac share_of_others :=
  cbv beta; match goal with |- ?before = ?after =>
    match after with context [sum_over (range_but [?k] ?lo ?hi) ?f] =>
    match after with context [delta ?i ?j] =>
    match after with context [?q / sum_over (range_but [k] lo hi) f] =>
      let S := fresh "S" in
      assert (S : (delta i j - q / total lo hi f) * / (1 - f k / total lo hi f)
                  = delta i j - (1 - delta i j) * (q / total_but [k] lo hi f));
      [ apply share_among;
        [ apply (total_exclude k lo hi f); index | nonzero
        | cbv beta; first [assumption | nonzero]
        | intros ?; cbv beta; subst; reflexivity ]
      | cbv beta in S;
        match type of S with ?d * ?r = ?whole =>
          first
          [ transitivity (whole); [rewrite <- S; by_ring | by_ring]
          | match after with context [whole] =>
              let w := fresh "w" in set (w := whole) in *; rewrite <- S; by_ring end
          | replace (after) with (before); [reflexivity | rewrite <- S; by_ring] ] end ]
    end end end end.
Lemma share_beside i k q a b t : t = a + b -> t <> 0 -> b <> 0 -> (i = k -> q = a) ->
  delta i k - q / t = (delta i k - (1 - delta i k) * (q / b)) * / t * b.
Proof.
  intros -> H B Q. unfold delta. destruct (Nat.eqb_spec i k) as [E|E].
  - rewrite (Q E). field. now split.
  - field. now split.
Qed.
Ltac share_beside_others :=
  cbv beta; match goal with |- ?before = ?after =>
    match before with context [sum_over (range_but [?k] ?lo ?hi) ?f] =>
    match after with context [delta ?i ?j] =>
    match after with context [?q / sum_over (range_but [k] lo hi) f] =>
      let S := fresh "S" in
      assert (S : delta i j - q / total lo hi f
                  = (delta i j - (1 - delta i j) * (q / total_but [k] lo hi f))
                    * / total lo hi f * total_but [k] lo hi f);
      [ apply share_beside with (f k);
        [ apply (total_exclude k lo hi f); index | nonzero | nonzero
        | intros ?; cbv beta; subst; reflexivity ]
      | rewrite S; field; split; nonzero ]
    end end end end.
Lemma total_contract_but k l lo hi f :
  (lo <= k <= hi)%nat ->
  (forall j, (lo <= j <= hi)%nat -> j <> k -> f j = 0) ->
  total_but [l] lo hi f = (1 - delta k l) * f k.
Proof.
  intros Hk H. unfold delta. destruct (Nat.eqb_spec k l) as [->|Hne].
  - rewrite sum_over_zero; [ring|]. intros j Hj. apply in_range_but in Hj. destruct Hj as [Hj A].
    apply H; [exact Hj|]. now inversion A.
  - rewrite (total_but_single k [l] lo hi f); [ring | now repeat constructor |].
    intros j [Hj _] Hne'. now apply H.
Qed.
Ltac contract_delta_but :=
  refine (eq_trans (total_contract_but _ _ _ _ _ _ _) _); [| vanishing | remaining_but]; index.

(* A sum with [delta j k - p] in it is the one term without the delta, less [p] times the rest. *)
Ltac gather_difference :=
  cbv beta; match goal with |- ?before = ?after =>
    match before with context [sum_over ?l ?h] =>
    match after with context [sum_over l ?g] =>
      let inner := eval cbv beta in (g 0%nat) in
      match inner with context [delta ?one ?two - ?p] =>
        let k := lazymatch one with 0%nat => two | _ => one end in
        let alone := lazymatch l with
          | range_but [?x] _ _ => constr:((1 - delta k x) * h k) | _ => constr:(h k) end in
        let E := fresh "E" in
        assert (E : sum_over l g = alone - p * sum_over l h);
        [ transitivity (sum_over l (fun j => delta j k * h j) - sum_over l (fun j => p * h j));
          [ rewrite <- sum_over_minus; apply sum_over_ext; enter;
            rewrite ?(delta_as k _ _ k) by (split; intros; lia); by_ring
          | rewrite sum_over_scale; apply f_equal2;
            [cbv beta; first [contract_delta | contract_delta_but] | reflexivity] ]
        | rewrite E; cbv beta; first [by_ring | same_way; by_ring] ]
      end end end end.
Ltac gather_difference_but := gather_difference.

(** * Labels, deltas and cases *)

Ltac same_delta := first [reflexivity | apply delta_as; split; intros; lia].
Ltac use_sum_fact fact :=
  first
    [apply fact; index
    | etransitivity; [apply fact; index | by_ring]
    (* A mask in the fact rules out what this sum leaves out. *)
    | match goal with |- sum_over (range_but [?k] _ _) _ = _ =>
        etransitivity; [| apply (fact k); index]; symmetry; exclude_masked end].
Ltac use_entry_fact fact := etransitivity; [apply fact; index | same_delta].
Ltac recognise_label fact := symmetry; use_entry_fact fact.
(* A bracket of two equal indices, [t <= t - 1], is written as one of numbers. *)
Ltac use_equality :=
  match goal with H : @eq nat _ _ |- _ =>
    first [rewrite H; same_delta | rewrite <- H; same_delta | apply bracket_as; lia] end.
Ltac use_condition := use_equality.
Ltac evaluate_delta := apply delta_same; index.
Ltac compare_numbers := apply delta_apart; discriminate.
Ltac vanish_delta := apply delta_apart; index.
Ltac vanish_at_zero :=
  match goal with |- context [delta ?i ?j] =>
    unfold delta; destruct (Nat.eqb_spec i j) as [E|];
    [first [rewrite <- E | rewrite E]; cbn [INR]; by_ring | by_ring] end.
Ltac drop_mask_at_zero := vanish_at_zero.
Ltac square_delta := apply delta_power; lia.
Ltac merge_deltas :=
  match goal with |- context [delta ?i ?j] =>
    unfold delta; destruct (Nat.eqb i j); by_ring end.
Ltac move_index :=
  match goal with |- context [delta ?i ?j] =>
    unfold delta; destruct (Nat.eqb_spec i j) as [E|]; [rewrite ?E; cbv beta; by_ring | by_ring] end.
Ltac move_index_throughout := move_index.
Ltac rule_out_equal := move_index.
Ltac single_out_equal := move_index.
Ltac rule_out_term :=
  match goal with |- context [sum_over (range_but [?k] ?lo ?hi) ?f] =>
    rewrite (total_exclude k lo hi f) by index; cbv beta; move_index end.
Ltac write_cases :=
  match goal with |- _ = choice ?i ?j ?a 0 => rewrite <- (delta_choice i j a); by_ring end.
Ltac keep_one_term :=
  refine (eq_trans (total_single _ _ _ _ _ _) _);
  [| let Hne := fresh "Hne" in intros ? ? Hne; apply choice_cases; [intros E; now destruct (Hne E) | reflexivity]
   | apply choice_cases; [reflexivity | now intros []]]; index.
Ltac by_cases :=
  symmetry; apply choice_cases; let H := fresh "H" in intros H;
  first [reflexivity | rewrite H; by_ring | rewrite <- H; by_ring].
Ltac distinguish_class := by_cases.
Ltac distinguish_indices := by_cases.
Ltac join_cases :=
  match goal with |- choice ?i ?j ?a ?b = _ =>
    unfold choice, delta; destruct (Nat.eqb i j); by_ring end.

(** * One value above a threshold, another elsewhere *)

Ltac by_branches :=
  cbv beta; match goal with |- context [threshold ?a ?b _ _] =>
    unfold threshold; destruct (Rlt_dec b a); by_ring end.
Ltac separate_bracket := by_branches.
Ltac separate_offset := by_branches.
Ltac factor_branches := by_branches.
Ltac distribute_branches := by_branches.
Ltac join_branches := by_branches.
Ltac exceeding := apply Rminus_gt_0_lt; cbv beta; first [positive | linear].
Ltac by_sides :=
  cbv beta; match goal with |- context [threshold ?a 0 1 0] =>
    unfold threshold; destruct (Rlt_dec 0 a);
    [ rewrite (Rmax_right 0 a) by lra | rewrite (Rmax_left 0 a) by lra ];
    by_ring end.
(* A real power of 0 is 1 here: beside one there is no other side. *)
Ltac keep_positive_part := first
  [ by_sides
  | match goal with |- context [threshold ?a 0 1 0] =>
      assert (0 < Rmax 0 a) by positive;
      unfold threshold; destruct (Rlt_dec 0 a);
      [ by_ring | exfalso; rewrite (Rmax_left 0 a) in * by lra; lra ] end ].
Ltac write_positive_part := by_sides.
Ltac join_positive_part := by_sides.
Ltac vanish_clipped :=
  match goal with |- context [Rmin ?u ?h] =>
    destruct (Rle_lt_dec u h);
    [rewrite ?(Rmin_left u h) by lra | rewrite ?(Rmin_right u h) by lra] end;
  match goal with |- context [Rmax ?l ?m] =>
    destruct (Rle_lt_dec l m);
    [rewrite ?(Rmax_right l m) by lra | rewrite ?(Rmax_left l m) by lra] end;
  unfold threshold; repeat match goal with |- context [Rlt_dec ?a ?b] => destruct (Rlt_dec a b) end;
  first [by_ring | exfalso; lra].
Ltac vanish_clipped_strictly := vanish_clipped.
Ltac vanish_clamped :=
  unfold threshold, Rmin, Rmax;
  repeat match goal with
    | |- context [Rle_dec ?a ?b] => destruct (Rle_dec a b)
    | |- context [Rlt_dec ?a ?b] => destruct (Rlt_dec a b)
    end;
  first
  [ by_ring
  | exfalso; first [lra | match goal with H : ?a <= ?b |- _ => replace a with b in * by lra; lra end] ].
Ltac vanish_clamped_strictly := vanish_clamped.
(* What lies between which indices, as real numbers. *)
Ltac in_ranges :=
  repeat match goal with H : (_ <= _ <= _)%nat |- _ =>
    apply (fun H => conj (le_INR _ _ (proj1 H)) (le_INR _ _ (proj2 H))) in H; simpl (INR 1) in H;
    destruct H end.
(* [0 < e] where a fact may say it of each entry, the other way round. *)
Ltac told :=
  first
  [ positive | linear | in_ranges; positive
  | match goal with |- 0 < - (?a - ?b) => replace (- (a - b)) with (b - a) by ring end; positive ].
Ltac drop_absolute_value := apply Rabs_pos_eq, Rlt_le; told.
Ltac turn_absolute_value :=
  match goal with |- Rabs ?a = ?b => replace b with (- a) by ring end;
  rewrite <- Rabs_Ropp; apply Rabs_pos_eq, Rlt_le; told.
Ltac square_sign :=
  match goal with |- context [sign ?a ^ 2] =>
    first
    [ rewrite (sign_square a) by nonzero
    | match goal with |- context [Rabs ?b] =>
        let H := fresh "H" in assert (H : Rabs b <> 0) by nonzero;
        let E := fresh "E" in
        rewrite (sign_square a) by (intros E; apply H; replace b with 0 by lra; apply Rabs_R0) end ];
    by_ring end.
Lemma abs_sign u : Rabs u = u * sign u.
Proof.
  destruct (Rtotal_order u 0) as [H | [-> | H]].
  - rewrite Rabs_left, sign_eq_m1 by assumption; ring.
  - rewrite Rabs_R0; ring.
  - rewrite Rabs_pos_eq, sign_eq_1 by lra; ring.
Qed.
Ltac factor_sign := rewrite ?abs_sign; by_ring.
Lemma sign_neq_0 u : u <> 0 -> sign u <> 0.
Proof.
  intros H; destruct (Rdichotomy _ _ H); [rewrite sign_eq_m1 | rewrite sign_eq_1]; lra.
Qed.
Ltac divide_sign :=
  match goal with |- context [sign ?a] =>
    let Z := fresh "Z" in
    assert (Z : a <> 0)
      by first [nonzero | let E := fresh "E" in
                          assert (E : Rabs a <> 0) by nonzero; intros F; apply E; rewrite F; apply Rabs_R0];
    pose proof (sign_neq_0 a Z); rewrite ?(abs_sign a); field; nonzero end.
Ltac absorb_sign := rewrite ?abs_sign; by_ring.
Ltac write_sign := rewrite ?abs_sign; by_field.
Ltac absorb_sign_below :=
  match goal with |- context [sign ?a] =>
    let Z := fresh "Z" in
    assert (Z : a <> 0) by nonzero; destruct (Rdichotomy a 0 Z);
    [ rewrite ?(sign_eq_m1 a), ?(Rabs_left a) by assumption
    | rewrite ?(sign_eq_1 a), ?(Rabs_pos_eq a) by lra ]; field; nonzero end.
Ltac decide_sign :=
  cbv beta; match goal with |- threshold ?u 0 _ _ = _ =>
    unfold threshold; destruct (Rlt_dec 0 u);
    [rewrite (sign_eq_1 u) by assumption; by_ring | reflexivity] end.
Ltac divide_condition :=
  cbv beta; match goal with |- threshold ?p ?q ?u ?w = threshold ?f ?z ?u ?w =>
    unfold threshold; destruct (Rlt_dec q p), (Rlt_dec z f); try reflexivity; exfalso;
    first [lra | nra] end.
Ltac divide_turned_condition := divide_condition.
Ltac factor_condition := divide_condition.
Ltac decide_above := apply threshold_above; exceeding.
Ltac decide_below :=
  apply threshold_otherwise; apply Rle_not_lt, Rlt_le; exceeding.

(** * Ways of writing *)

Ltac write_out_sum := reflexivity.
Ltac gather_sum := reflexivity.
Ltac arrange_matrix := reflexivity.

(* Entries of arrays, written out: factors and signs may stand inside of a sum or beside it, and sums
   over the same range may be one. *)
Ltac into_sums :=
  unfold Rminus, Rdiv;
  repeat progress
    rewrite <- ?sum_over_opp, <- ?sum_over_scale, <- ?sum_over_scale_right, <- ?sum_over_plus.
Ltac entrywise :=
  first
  [ reflexivity
  | lazymatch goal with
    | |- sum_over _ _ = sum_over _ _ => apply sum_over_ext; enter; entrywise
    | |- ?a * _ = ?a * _ => at_mul_r; entrywise
    | |- _ * ?a = _ * ?a => at_mul_l; entrywise
    | |- ?a * ?b = ?b * ?a => apply Rmult_comm
    | |- _ / _ = _ / _ => apply place_div; entrywise
    end
  | by_ring
  | progress rewrite <- ?sum_over_scale, <- ?sum_over_scale_right;
    apply sum_over_ext; enter; entrywise
  | apply place_mul; entrywise
  | into_sums; apply sum_over_ext; enter; entrywise ].
Ltac collect_entries := entrywise.
Ltac contract_entries := entrywise.

(** * Definitions *)

(* Equal part by part, up to the order of terms. *)
Ltac alike := solve [reflexivity | by_ring | progress f_equal; alike].
Ltac by_definition :=
  first [reflexivity | progress autounfold with derive; first
    [reflexivity | alike | progress rewrite ?(delta_same _ _ eq_refl); alike]].
Ltac fold_definition := by_definition.
(* [reflexivity] would look into numbers for long before it gives up. *)
Ltac fold_multiple := autounfold with derive; by_cancelling.
Ltac fold_scaled := autounfold with derive; by_cancelling.
Ltac complete_density := by_cancelling.
Ltac fold_factors := autounfold with derive; by_cancelling.
(* Equal part by part, inside of sums as well. *)
Ltac alike_inside :=
  solve
  [ reflexivity | by_ring | apply sum_over_ext; enter; alike_inside
  | progress f_equal; alike_inside ].
Ltac swap_indices := autounfold with derive; alike_inside.
Ltac abbreviate_sum := by_definition.
Ltac unfold_definition := by_definition.
Ltac unfold_in_log := by_definition.
Ltac unfold_in_total := by_definition.
Ltac unfold_unit := by_definition.
Ltac fold_square :=
  autounfold with derive; cbv beta; rewrite pow2_sqrt; [by_ring | apply Rlt_le; positive].
Ltac unfold_complement := by_definition.
(* A share is zero by its own factor where a mask is. *)
Ltac drop_mask :=
  autounfold with derive;
  match goal with |- _ = ?after =>
    match after with context [delta ?i ?j] =>
      unfold delta; destruct (Nat.eqb i j); by_ring end end.
Ltac vanish_share :=
  autounfold with derive; rewrite ?(delta_same _ _ eq_refl);
  first
  [ by_ring
  | match goal with |- ?before = _ =>
      match before with context [delta ?i ?j] =>
        unfold delta; destruct (Nat.eqb i j); by_ring end end ].
Ltac include_masked :=
  match goal with |- sum_over (range_but [?k] ?lo ?hi) ?f = _ =>
    rewrite (total_exclude k lo hi f) by index; cbv beta;
    match goal with |- _ = ?left + _ =>
      replace left with 0
        by (autounfold with derive; rewrite ?(delta_same _ _ eq_refl); by_ring) end;
    by_ring end.
Ltac sum_probabilities :=
  autounfold with derive;
  match goal with |- sum_over ?l (fun j => @?f j / ?s) = 1 =>
    rewrite (sum_over_ext l (fun j => f j / s) (fun j => / s * f j)) by (intros; by_ring);
    rewrite (sum_over_scale l (/ s) f); field; nonzero end.

Lemma others_but k lo hi f :
  total lo hi f = 1 -> (lo <= k <= hi)%nat -> sum_over (range_but [k] lo hi) f = 1 - f k.
Proof. intros W H. rewrite <- W, (total_exclude k lo hi f) by lia. ring. Qed.
Ltac sum_probabilities_but :=
  match goal with |- sum_over (range_but [?k] ?lo ?hi) ?f = _ =>
    etransitivity; [apply (others_but k lo hi f); [sum_probabilities | index] | cbv beta; by_ring]
  end.
Ltac complement_probability :=
  match goal with |- context [sum_over (range_but [?k] ?lo ?hi) ?f] =>
    rewrite (others_but k lo hi f) by first [index | sum_probabilities]; cbv beta; by_ring end.
Lemma others_above k lo hi f :
  total lo hi f = 1 -> (lo <= k <= hi)%nat -> 1 - total lo k f = total (k + 1) hi f.
Proof. intros W H. rewrite <- W, (total_apart k lo hi f) by lia. ring. Qed.
Lemma others_below k lo hi f :
  total lo hi f = 1 -> (1 <= lo)%nat -> (lo <= k <= hi)%nat ->
  1 - total k hi f = total lo (k - 1) f.
Proof.
  intros W One H. rewrite <- W, (total_apart (k - 1) lo hi f) by lia.
  replace (k - 1 + 1)%nat with k by lia. ring.
Qed.
Lemma others_weighted l f g w :
  sum_over l f = 1 -> (forall j, In j l -> w j + g j = f j) -> 1 - sum_over l w = sum_over l g.
Proof.
  intros W H. rewrite <- W. clear W. induction l as [|a l IH]; simpl; [ring|].
  rewrite <- (H a (or_introl eq_refl)), <- IH; [ring|]. intros j Hj. apply H. now right.
Qed.
Ltac split_complement := by_ring.
Ltac weigh_difference := by_ring.
Ltac complement_weights :=
  match goal with |- 1 - sum_over ?l ?w = sum_over ?l (fun j => (1 - _) * @?f j) =>
    apply (others_weighted l f); [sum_probabilities | intros; by_ring] end.
Ltac complement_probabilities :=
  first [ apply others_above; [sum_probabilities | index]
        | apply others_below; [sum_probabilities | lia | index] ].

(** * Lemmas *)

(* That a sum is positive for every index says that it is not 0 for any. *)
Ltac condition :=
  first [index | positive | nonzero | assumption | progress intros; first [positive | nonzero]].
Ltac apply_lemma lemma :=
  first [ eapply lemma; condition
        | etransitivity; [eapply lemma; condition | same_indices; by_ring] ].
Ltac insert_lemma lemma := apply_lemma lemma.

(** * Derivatives *)

Ltac differentiate_constant :=
  match goal with |- pd ?c (fun _ => ?a) ?x = 0 => exact (pd_constant c a x) end.
Ltac differentiate_coordinate :=
  match goal with
  | |- pd (vec ?k) (fun u => u ?j) ?x = _ =>
      refine (eq_trans (is_pd_unique _ _ _ _ (is_pd_entry k j x)) _); same_delta
  | |- pd (mat ?k ?l) (fun u => u ?i ?j) ?x = _ =>
      refine (eq_trans (is_pd_unique _ _ _ _ (is_pd_entry2 k l i j x)) _);
      apply place_mul; same_delta
  end.
Ltac differentiate_parameter := exact (is_pd_unique _ _ _ _ (is_pd_parameter _)).
Ltac differentiate_negative :=
  match goal with |- pd ?c (fun u => - @?f u) ?x = _ => exact (pd_opp c f x) end.
(* As many terms as the other side has. *)
Ltac differentiate_sum :=
  cbv beta;
  lazymatch goal with
  | |- _ = pd _ _ _ => reflexivity
  | |- pd ?c (fun u => @?f u + @?g u) ?x = _ =>
      refine (eq_trans (pd_plus c f g x _ _) _);
      [differentiable | differentiable | apply place_add; [differentiate_sum | reflexivity]]
  | |- pd ?c (fun u => @?f u - @?g u) ?x = _ =>
      refine (eq_trans (pd_plus c f (fun u => - g u) x _ _) _);
      [differentiable | differentiable | apply place_add; [differentiate_sum | reflexivity]]
  end.
Ltac differentiate_total :=
  match goal with |- pd ?c (fun u => sum_over ?l (fun j => @?f u j)) ?x = _ =>
    refine (pd_sum c l (fun j u => f u j) x _); enter; differentiable end.
Ltac without_duplicates := first [apply seq_NoDup | apply NoDup_filter, seq_NoDup].
(* The same indices left out, in whatever order. *)
Ltac same_others :=
  first [rewrite others_of_range | rewrite others_of_range_but];
  first [reflexivity
        | f_equal; apply range_but_same; intros ?; simpl;
          repeat match goal with |- context [Nat.eqb ?i ?j] => destruct (Nat.eqb i j) end;
          reflexivity].
Ltac differentiate_range_product :=
  match goal with |- pd ?c (fun u => prod_over ?l (fun j => @?f u j)) ?x = _ =>
    refine (eq_trans (pd_prod c l (fun j u => f u j) x _ _) _);
    [ without_duplicates | enter; differentiable
    | apply sum_over_ext; intros ? ?; apply place_mul; [reflexivity | same_others] ] end.
Ltac expand_log_range_product :=
  match goal with |- ln (prod_over ?l ?f) = _ => refine (ln_prod_over l f _); enter; positive end.
Ltac add_exponents :=
  match goal with |- prod_over ?l (fun j => exp (@?f j)) = _ => exact (prod_over_exp l f) end.
Ltac multiply_constant :=
  match goal with |- prod_over (range ?lo ?hi) (fun _ => ?a) = _ =>
    first [ refine (product_constant lo hi a _ _); lia
          | rewrite (product_constant lo hi a _ eq_refl), <- Rpower_pow by positive;
            f_equal; rewrite ?minus_INR, ?S_INR by lia; simpl INR; ring ] end.
Lemma prod_over_times l a f :
  prod_over l (fun j => a * f j) = prod_over l (fun _ => a) * prod_over l f.
Proof. induction l as [|x l IH]; simpl; [ring|]. rewrite IH. ring. Qed.
Ltac pull_out_of_product :=
  match goal with |- _ = ?power * prod_over ?l ?f =>
    let constant := lazymatch power with ?a ^ _ => a | Rpower ?a _ => a | ?a => a end in
    transitivity (prod_over l (fun _ => constant) * prod_over l f);
    [ rewrite <- prod_over_times; apply prod_over_ext; enter; by_ring
    | f_equal; multiply_constant ] end.
(* What [values] are, less so many times their mean, or the other way round. *)
Ltac vanish_around_mean sides :=
  match goal with |- sum_over ?l _ = 0 =>
    match goal with |- context [sum_over l ?p / sum_over l ?g] =>
      sides (sum_over l p) (sum_over l p / sum_over l g * sum_over l g);
      [ rewrite <- sum_over_scale, <- sum_over_minus; apply sum_over_ext; enter; by_ring
      | field; first
          [ nonzero
          (* That it is not zero is known wherever the mean stands, so for the first index. *)
          | match goal with D : forall j : nat, _ |- _ => apply (D 1%nat); index end ] ] end end.
Ltac vanish_deviations := vanish_around_mean ltac:(fun values mean => transitivity (values - mean)).
Ltac vanish_residuals := vanish_around_mean ltac:(fun values mean => transitivity (mean - values)).
Lemma complement_product_at lo hi f : (1 <= lo)%nat ->
  1 - product lo hi f = total lo hi (fun k => (1 - f k) * product lo (k - 1) f).
Proof.
  intros L. unfold range at 1 2. induction (S hi - lo)%nat as [|n IH]; [simpl; ring|].
  rewrite seq_S, sum_over_app, <- IH, prod_over_app. cbn [sum_over prod_over fold_right].
  unfold range. replace (S (lo + n - 1) - lo)%nat with n by lia. ring.
Qed.
Ltac complement_product := rewrite complement_product_at by index; by_ring.
Ltac rejoin_factor :=
  match goal with |- context [product_but [?k] ?lo ?hi ?f] =>
    let E := fresh "E" in
    assert (E : f k * product_but [k] lo hi f = product lo hi f) by (apply (product_rejoin k lo hi f); index);
    cbv beta in E; first [exact E | rewrite <- E; by_ring] end.
Ltac complete_product :=
  match goal with |- product_but [?k] ?lo ?hi ?f = _ =>
    rewrite <- (product_rejoin k lo hi f) by index; cbv beta; field; nonzero end.
Ltac differentiate_scaled :=
  match goal with |- pd ?c _ ?x = ?a * pd ?c ?f ?x =>
    refine (eq_trans (pd_ext c _ (fun u => a * f u) x _) (pd_scale c a f x)); intros; by_ring end.
Ltac differentiate_product :=
  match goal with |- pd ?c _ ?x = ?first_term + _ * pd ?c ?g ?x =>
    match first_term with context [pd c ?f x] =>
      refine (eq_trans (pd_ext c _ (fun u => f u * g u) x _) _); [intros; by_ring |];
      refine (eq_trans (pd_mult c f g x _ _) _); [differentiable | differentiable | by_ring]
    end end.
Ltac differentiate_fraction :=
  match goal with |- pd ?c _ ?x = pd ?c ?f ?x / ?b =>
    refine (eq_trans (pd_ext c _ (fun u => / b * f u) x _) (eq_trans (pd_scale c (/ b) f x) _));
    [intros; by_ring | by_ring] end.
Ltac differentiate_quotient :=
  match goal with |- pd ?c (fun u => @?f u / @?g u) ?x = _ =>
    refine (eq_trans (pd_quotient c f g x _ _ _) _);
    [differentiable | differentiable | nonzero | by_ring] end.
(* Fractions [f / g] in which [g] varies with [f] alone: by it, or by its opposite. *)
Ltac slope_of_fraction c f g x E :=
  refine (eq_trans (pd_quotient c f g x _ _ _) _);
  [differentiable | differentiable | nonzero | rewrite E; by_ring].
Ltac differentiate_share :=
  match goal with |- pd ?c (fun u => @?f u / @?g u) ?x = _ =>
    let E := fresh "E" in
    assert (E : pd c g x = pd c f x);
    [ transitivity (pd c (fun u => f u + (g x - f x)) x);
      [ apply pd_ext; intros; by_ring
      | rewrite pd_plus by differentiable; rewrite pd_constant; by_ring ]
    | slope_of_fraction c f g x E ] end.
Ltac differentiate_odds :=
  match goal with |- pd ?c (fun u => @?f u / @?g u) ?x = _ =>
    let E := fresh "E" in
    assert (E : pd c g x = - pd c f x);
    [ transitivity (pd c (fun u => - f u + (g x + f x)) x);
      [ apply pd_ext; intros; by_ring
      | rewrite pd_plus by differentiable; rewrite pd_opp, pd_constant; by_ring ]
    | slope_of_fraction c f g x E ] end.
(* Of the derivatives on the right side one is that of what [g] has beside [f]. *)
Ltac differentiate_part :=
  match goal with |- pd ?c (fun u => @?f u / @?g u) ?x = ?slope =>
    match slope with context [pd c ?w x] =>
      let E := fresh "E" in
      assert (E : pd c g x = pd c f x + pd c w x);
      [ transitivity (pd c (fun u => f u + w u) x);
        [apply pd_ext; intros; by_ring | rewrite pd_plus by differentiable; reflexivity]
      | slope_of_fraction c f g x E ] end end.
Ltac differentiate_reciprocal :=
  match goal with |- pd ?c (fun u => ?a / @?g u) ?x = _ =>
    refine (eq_trans (pd_quotient c (fun _ => a) g x _ _ _) _);
    [differentiable | differentiable | nonzero | rewrite pd_constant; by_ring] end.
(* [x^(3/2 - 1)] is the root of [x]. *)
Ltac lower_root :=
  match goal with |- context [Rpower ?x (3 / 2 - 1)] =>
    replace (Rpower x (3 / 2 - 1)) with (sqrt x)
      by (rewrite <- Rpower_sqrt by positive; f_equal; field) end.
(* [pd c (fun u => h (f u)) x] by the derivative of [h]. *)
Ltac composed c h f x known :=
  refine (eq_trans (pd_compose c h f x _ _ _) _);
  [ apply known; positive | differentiable
  | simpl INR; simpl pred; first [by_field | lower_root; by_field] ].
Ltac differentiate_square_root :=
  match goal with |- pd ?c (fun u => sqrt (@?f u)) ?x = _ =>
    composed c sqrt f x is_derive_sqrt_at end.
Ltac differentiate_power :=
  match goal with
  | |- pd ?c (fun u => @?f u ^ ?n) ?x = _ => composed c (fun v => v ^ n) f x (is_derive_pow_at n)
  | |- pd ?c (fun u => Rpower (@?f u) ?a) ?x = _ =>
      composed c (fun v => Rpower v a) f x (is_derive_Rpower_at a)
  end.
Ltac differentiate_exponential :=
  match goal with |- pd ?c (fun u => Rpower ?a (@?f u)) ?x = _ =>
    refine (eq_trans (pd_compose c exp (fun u => f u * ln a) x _ (is_derive_exp _) _) _);
    [ differentiable | rewrite (pd_ext c (fun u => f u * ln a) (fun u => ln a * f u)) by (intros; by_ring);
      rewrite (pd_scale c (ln a) f); unfold Rpower; by_ring] end.
Ltac differentiate_general_power :=
  match goal with |- pd ?c (fun u => Rpower (@?f u) (@?g u)) ?x = _ =>
    refine (eq_trans (pd_compose c exp (fun u => g u * ln (f u)) x _ (is_derive_exp _) _) _);
    [ differentiable
    | rewrite (pd_mult c g (fun u => ln (f u))) by differentiable;
      rewrite (pd_compose c ln f x (/ f x)) by (first [apply is_derive_ln; positive | differentiable]);
      unfold Rpower; by_ring] end.
Ltac differentiate_exp :=
  match goal with |- pd ?c (fun u => exp (@?f u)) ?x = _ => composed c exp f x is_derive_exp end.
Ltac differentiate_log :=
  match goal with |- pd ?c (fun u => ln (@?f u)) ?x = _ => composed c ln f x is_derive_ln end.
Ltac differentiate_log_absolute :=
  match goal with |- pd ?c (fun u => ln (Rabs (@?f u))) ?x = _ =>
    refine (eq_trans (pd_compose c (fun v => ln (Rabs v)) f x _ (is_derive_ln_abs_at _ _) _) _);
    [nonzero | differentiable | by_field] end.
Ltac differentiate_tanh :=
  match goal with |- pd ?c (fun u => tanh (@?f u)) ?x = _ => composed c tanh f x is_derive_tanh_at end.
Ltac differentiate_sin :=
  match goal with |- pd ?c (fun u => sin (@?f u)) ?x = _ => composed c sin f x is_derive_sin_at end.
Ltac differentiate_cos :=
  match goal with |- pd ?c (fun u => cos (@?f u)) ?x = _ => composed c cos f x is_derive_cos_at end.
Ltac differentiate_absolute_value :=
  match goal with |- pd ?c (fun u => Rabs (@?f u)) ?x = _ =>
    refine (eq_trans (pd_compose c Rabs f x _ (is_derive_abs_at _ _) _) _);
    [nonzero | differentiable | by_ring] end.
Ltac differentiate_sign :=
  match goal with |- pd ?c (fun u => sign (@?f u)) ?x = 0 =>
    refine (eq_trans (pd_compose c sign f x 0 (is_derive_sign_at _ _) _) _);
    [nonzero | differentiable | by_ring] end.
Ltac differentiate_positive_part :=
  match goal with |- pd ?c (fun u => Rmax 0 (@?f u)) ?x = _ =>
    refine (eq_trans (pd_max c (fun _ => 0) f x _ _ _) _);
    [ differentiable | differentiable | sides_apart
    | rewrite pd_constant; by_branches ] end.
Ltac differentiate_maximum :=
  match goal with |- pd ?c (fun u => Rmax (@?f u) (@?g u)) ?x = _ =>
    refine (pd_max c f g x _ _ _); [differentiable | differentiable | sides_apart] end.
Ltac differentiate_minimum :=
  match goal with |- pd ?c (fun u => Rmin (@?f u) (@?g u)) ?x = _ =>
    refine (pd_min c f g x _ _ _); [differentiable | differentiable | sides_apart] end.
Ltac differentiate_largest :=
  match goal with |- pd ?c (fun u => max_over ?l (fun j => @?f u j)) ?x = _ =>
    refine (pd_max_over c l f x _ _ _ _); [nonempty | distinct | enter; differentiable | no_tie] end.
Ltac differentiate_argmax :=
  match goal with |- pd ?c (fun u => attains_over ?l (fun j => @?f u j) ?k) ?x = 0 =>
    refine (pd_attains c l f k x _ _ _); [nonempty | enter; differentiable | no_tie] end.
Ltac sum_argmax := refine (attains_total _ _ _ _); [nonempty | distinct].
Ltac unmask_argmax :=
  match goal with |- context [1 - delta ?i ?j] =>
    destruct (Nat.eq_dec i j) as [E | E]; [|rewrite (delta_apart i j E); by_ring];
    match goal with |- context [attains_over (range_but ?xs ?lo ?hi) ?f ?k] =>
      rewrite (attains_left_out xs lo hi f k); [by_ring | simpl; intuition congruence]
    end end.
Ltac differentiate_piecewise :=
  match goal with |- pd ?c (fun u => threshold (@?a u) (@?b u) (@?f u) (@?g u)) ?x = _ =>
    refine (pd_threshold c a b f g x _ _ _); [differentiable | differentiable | sides_apart] end.
Ltac differentiate_branches :=
  match goal with |- pd ?c (fun u => threshold _ _ (@?f u) (@?g u)) ?x = _ =>
    exact (pd_branches c _ _ f g x) end.
Ltac differentiate_function :=
  match goal with
  | |- pd ?c (fun u => sinh (@?f u)) ?x = _ => composed c sinh f x is_derive_sinh_at
  | |- pd ?c (fun u => cosh (@?f u)) ?x = _ => composed c cosh f x is_derive_cosh_at
  | |- pd ?c (fun u => atan (@?f u)) ?x = _ => composed c atan f x is_derive_atan_at
  | |- pd ?c (fun u => asin (@?f u)) ?x = _ => composed c asin f x is_derive_asin_at
  | |- pd ?c (fun u => acos (@?f u)) ?x = _ => composed c acos f x is_derive_acos_at
  end.

(* By a hypothesis, where the library lacks the function. *)
Ltac assumed fact := apply is_pd_unique, fact; index.
Ltac differentiate_function_of_two fact := assumed fact.

(* Through the entries of a definition, whose values stand on the other side. *)
Ltac chain_rule :=
  match goal with
  | |- pd ?d _ ?x = sum_over ?l (fun j => pd (@?c j) ?F ?y * pd ?d (@?h j) ?x) => through c l d F x y
  | |- pd ?d _ ?x = pd ?c ?F ?y * pd ?d ?H ?x =>
      refine (eq_trans _ (Rplus_0_r _)); through (fun _ : nat => c) [0%nat] d F x y
  end
with through c l d F x y :=
  let p := eval pattern x in y in
  match p with ?G _ =>
    refine (is_pd_unique _ _ _ _ (is_pd_chain c l _ d F G x _ _ _));
    [ is_independent | smoothly | enter; cbv beta iota delta [get vec mat scalar]; differentiable ]
  end.

(** * Exponentials moved down by the same amount above and below the bar *)

Lemma shift_fraction a a' s s' e : e <> 0 -> a' = a * e -> s' = e * s -> a / s = a' / s'.
Proof.
  intros He -> ->. unfold Rdiv. rewrite Rinv_mult.
  replace (a * e * (/ e * / s)) with (a * / s * (e * / e)) by ring. rewrite Rinv_r by exact He. ring.
Qed.

Ltac moved_down := cbv beta; unfold Rminus; rewrite ?exp_plus; by_ring.
(* The sum of the exponentials moved down by [m]. *)
Ltac shifted_sum := rewrite <- sum_over_scale; apply sum_over_ext; enter; moved_down.
Ltac shift_softmax :=
  match goal with |- _ = ?above / _ =>
    match above with context [exp (_ - ?m)] =>
      apply (shift_fraction _ _ _ _ (exp (- m)));
      [apply nonzero_of_positive, exp_pos | moved_down | shifted_sum] end end.
Ltac shift_weighted_softmax := shift_softmax.
(* What an exponent has more than what is left of it was in all of them. *)
Ltac cancel_shift :=
  match goal with |- ?above / ?below = ?above' / ?below' =>
    match above with context [exp ?u] => match above' with context [exp ?v] =>
    match below with context [sum_over ?l ?f] => match below' with context [sum_over l ?g] =>
      solve
      [ symmetry; apply (shift_fraction _ _ _ _ (exp (u - v)));
        [ apply nonzero_of_positive, exp_pos
        | raised_by (u - v)
        | replace (sum_over l f) with (exp (u - v) * sum_over l g);
          [by_ring | rewrite <- sum_over_scale; apply sum_over_ext; enter; raised_by (u - v)] ] ]
    end end end end end
with raised_by d :=
  cbv beta;
  match goal with |- ?one = ?other =>
    match one with context [exp ?u] => match other with context [exp ?v] =>
      solve
      [ replace (exp u) with (exp v * exp d) by (rewrite <- exp_plus; f_equal; by_field); by_ring
      | replace (exp v) with (exp u * exp d) by (rewrite <- exp_plus; f_equal; by_field); by_ring ]
    end end end.

Lemma ln_shift m s s' : 0 < s -> s' = exp (- m) * s -> ln s = m + ln s'.
Proof.
  intros Hs ->. rewrite ln_mult, ln_exp by (first [exact Hs | apply exp_pos]). ring.
Qed.

(* A factor that is zero, of a product that is. *)
Ltac zero_factor Z :=
  first [ apply Rmult_integral in Z; destruct Z as [Z | Z]; zero_factor Z
        | rewrite Z; ring ].
Ltac centre_mean :=
  unfold Rminus; cbv beta;
  match goal with |- context [sum_over ?l (fun j => @?g j * (@?f j + - ?u))] =>
    replace (sum_over l (fun j => g j * (f j + - u)))
      with (sum_over l (fun j => g j * f j) - u * sum_over l g)
      by (rewrite <- sum_over_scale, <- sum_over_minus; apply sum_over_ext; enter; by_ring) end;
  cbv beta; first [by_ring | same_terms; by_ring].
Ltac mask_weights :=
  match goal with |- context [threshold (Rabs ?w) 0 ?e 0] =>
    let Z := fresh "Z" in
    destruct (Req_dec w 0) as [Z | Z];
    [ zero_factor Z | rewrite (threshold_above (Rabs w) 0 e 0 (Rabs_pos_lt w Z)); by_ring ] end.
Ltac scale_quotient :=
  match goal with |- _ = ?above / _ =>
    match above with context [exp (- ?m)] =>
      apply (shift_fraction _ _ _ _ (exp (- m)));
      [apply nonzero_of_positive, exp_pos | by_ring | by_ring] end end.
Ltac write_square :=
  match goal with |- context [?b ^ 2] => replace (b ^ 2) with (b * b) by ring end; by_ring.
Ltac join_exponential := by_ring.
Ltac take_out_of_sum l u f lowered :=
  replace (sum_over l lowered) with (exp (- u) * sum_over l f)
    by (rewrite <- sum_over_scale; first [reflexivity | apply sum_over_ext; intros; ring]);
  let E := fresh "E" in
  assert (E : exp u * exp (- u) = 1) by (rewrite <- exp_plus, Rplus_opp_r; apply exp_0);
  match goal with |- ?now = _ =>
    transitivity (now * (exp u * exp (- u))); [rewrite E; ring | by_ring] end.
Ltac take_out_largest :=
  cbv beta; match goal with |- ?before = ?after =>
    match after with
    | context [sum_over ?l (fun j => exp (- ?u) * @?f j)] =>
        take_out_of_sum l u f (fun j => exp (- u) * f j)
    | context [sum_over ?l (fun j => exp (- ?u) * @?f j * @?g j)] =>
        take_out_of_sum l u (fun j => f j * g j) (fun j => exp (- u) * f j * g j)
    end end.
Ltac write_exponential :=
  unfold Rminus;
  match goal with |- context [exp (?a + - ln ?b)] =>
    rewrite (exp_plus a (- ln b)), (exp_Ropp (ln b)), (exp_ln b) by positive end;
  by_ring.
Ltac distribute_share := by_ring.
Ltac cancel_exp_log :=
  match goal with |- context [exp (ln ?b)] => rewrite (exp_ln b) by positive end; by_ring.
Ltac write_reciprocal :=
  match goal with |- context [exp (- ln ?b)] =>
    rewrite (exp_Ropp (ln b)), (exp_ln b) by positive end;
  by_ring.
Ltac write_power :=
  lazymatch goal with
  | |- Rpower _ _ = _ => unfold Rpower; f_equal; ring
  | |- sqrt ?b = _ => rewrite <- (Rpower_sqrt b) by positive; unfold Rpower; f_equal; field
  | |- / ?b ^ ?n = _ =>
      rewrite <- (Rpower_pow n b), <- Rpower_Ropp by positive; unfold Rpower; f_equal; cbn [INR]; ring
  | |- ?b ^ ?n = _ => rewrite <- (Rpower_pow n b) by positive; unfold Rpower; f_equal; cbn [INR]; ring
  end.
Ltac write_high_power := write_power.
Ltac write_size_power :=
  repeat match goal with |- context [threshold ?a 0 _ _] =>
    rewrite (threshold_above a 0) by positive end;
  write_power.
Ltac divide_power :=
  match goal with |- context [exp (- ?e)] =>
    rewrite (exp_Ropp e);
    match goal with
    | |- context [Rpower ?b ?a] => replace (exp e) with (Rpower b a) by write_power
    | |- context [sqrt ?b] => replace (exp e) with (sqrt b) by write_power
    | |- context [/ ?b ^ ?n] => replace (exp e) with (/ b ^ n) by write_power
    | |- context [?b ^ ?n] => replace (exp e) with (b ^ n) by write_power
    end end;
  by_ring.
Ltac divide_tail :=
  match goal with |- context [exp (- ln ?b)] =>
    rewrite (exp_Ropp (ln b)), (exp_ln b) by positive end;
  by_ring.
Ltac divide_tail_power := divide_power.
Ltac join_exponents := moved_down.
Ltac divide_exponential :=
  unfold Rminus; rewrite ?exp_plus, ?exp_Ropp; field;
  repeat split; first [apply Rgt_not_eq, exp_pos | nonzero].
Ltac raise_exponential :=
  lazymatch goal with
  | |- Rpower _ _ = _ => unfold Rpower; rewrite ln_exp; f_equal; first [ring | field; nonzero]
  | |- sqrt _ = _ =>
      rewrite <- Rpower_sqrt by apply exp_pos; unfold Rpower; rewrite ln_exp; f_equal; field
  | |- _ ^ _ = _ => cbn [pow]; rewrite ?Rmult_1_r, <- ?exp_plus; f_equal; ring
  end.
Lemma Rpower_mult_pos x y a : 0 < x -> 0 < y -> Rpower (x * y) a = Rpower x a * Rpower y a.
Proof. intros Hx Hy. symmetry. now apply Rpower_mult_distr. Qed.
(* The factor inside, to the power, is the factor outside. *)
Ltac lower_power :=
  match goal with |- ?before = _ => match before with context [exp (- ?m)] =>
    first
    [ match goal with |- context [sqrt (exp ?v * ?b)] =>
        rewrite (sqrt_mult_pos (exp v) b) by (first [apply exp_pos | positive]);
        replace (sqrt (exp v)) with (exp (- m)) by (symmetry; raise_exponential); by_ring end
    | match goal with |- context [Rpower (exp ?v * ?b) ?a] =>
        rewrite (Rpower_mult_pos (exp v) b a) by (first [apply exp_pos | positive]);
        replace (Rpower (exp v) a) with (exp (- m)) by (symmetry; raise_exponential); by_ring end
    | match goal with |- context [(exp ?v * ?b) ^ ?n] =>
        rewrite (Rpow_mult_distr (exp v) b n);
        replace (exp v ^ n) with (exp (- m)) by (symmetry; cbn [pow];
          rewrite ?Rmult_1_r, <- ?exp_plus; f_equal; field); by_ring end ] end end.
Ltac lower_exponential := moved_down.
Ltac lower_terms := by_ring.
Ltac lower_rest := by_ring.
Ltac lower_total :=
  match goal with |- ?before = ?after =>
    match before with context [sum_over ?l ?f] => match after with context [sum_over l ?g] =>
      match before with context [exp ?m] =>
        replace (sum_over l g) with (exp m * sum_over l f);
        [by_ring | rewrite <- sum_over_scale; apply sum_over_ext; enter; by_ring] end end end end.
Ltac join_total := lower_total.
Ltac scale_logarithm :=
  match goal with |- ln _ = ?m + ln _ => apply ln_shift; [positive | by_ring] end.
(* What is taken out is the factor inside, to the power. *)
Ltac scale_power :=
  first
  [ match goal with |- context [sqrt (exp ?v * ?b)] =>
      rewrite (sqrt_mult_pos (exp v) b) by (first [apply exp_pos | positive]);
      rewrite <- (Rpower_sqrt (exp v)) by apply exp_pos end
  | match goal with |- context [Rpower (exp ?v * ?b) ?a] =>
      rewrite (Rpower_mult_pos (exp v) b a) by (first [apply exp_pos | positive]) end ];
  match goal with |- context [Rpower (exp ?v) ?a] => match goal with |- context [exp ?w * _] =>
    replace (Rpower (exp v) a) with (exp (- w))
      by (unfold Rpower; rewrite ln_exp; f_equal; field);
    rewrite (exp_Ropp w); field; apply nonzero_of_positive, exp_pos end end.

Ltac shift_logsumexp :=
  match goal with |- ln _ = ?m + ln _ => apply ln_shift; [positive | shifted_sum] end.
Ltac shift_weighted_logsumexp := shift_logsumexp.
Ltac shift_log_softmax :=
  match goal with |- ln (exp ?u / ?s) = ?shift - ln ?s' =>
    match shift with _ - ?m =>
      transitivity (u - ln s); [by_logarithm_of_exp |];
      rewrite (ln_shift m s s'); [by_ring | positive | shifted_sum] end end
with by_logarithm_of_exp :=
  unfold Rdiv; rewrite ln_mult, ln_Rinv, ln_exp by positive; ring.
(* Beside one the term left out is added less one: all of it is the whole sum, moved down. *)
Ltac shift_beside_term :=
  match goal with |- context [sum_over (range_but [?k] ?lo ?hi) ?g] =>
    match goal with |- context [ln (1 + sum_over (range_but [k] lo hi) g - (1 - ?e))] =>
      replace (1 + sum_over (range_but [k] lo hi) g - (1 - e)) with (total lo hi g)
        by (rewrite (total_exclude k lo hi g) by index; cbv beta; by_ring);
      match e with exp (_ - ?m) => match goal with |- context [ln (sum_over (range lo hi) ?f)] =>
        tryif constr_eq f g then fail else
        rewrite (ln_shift m (total lo hi f) (total lo hi g)); [by_ring | positive | shifted_sum]
      end end end end.

Lemma shift_softplus_at u : ln (1 + exp u) = Rmax 0 u + ln (1 + exp (- Rabs u)).
Proof.
  assert (P : forall v, 0 < 1 + exp v) by (intros v; pose proof (exp_pos v); lra).
  unfold Rmax. destruct (Rle_dec 0 u) as [H|H].
  - rewrite Rabs_right by lra. replace (1 + exp u) with (exp u * (1 + exp (- u))).
    + rewrite ln_mult, ln_exp by (first [apply exp_pos | apply P]). reflexivity.
    + rewrite Rmult_plus_distr_l, <- exp_plus, Rplus_opp_r, exp_0. ring.
  - rewrite Rabs_left, Ropp_involutive by lra. ring.
Qed.
Lemma shift_log_cosh_at u : ln (cosh u) = Rabs u + ln (1 + exp (- (2 * Rabs u))) - ln 2.
Proof.
  assert (E : cosh u = exp (Rabs u) * (1 + exp (- (2 * Rabs u))) / 2).
  { assert (P : forall v, exp v + exp (- v) = exp v * (1 + exp (- (2 * v)))).
    { intros v. rewrite Rmult_plus_distr_l, <- exp_plus. do 2 f_equal; [ring | f_equal; ring]. }
    unfold cosh. destruct (Rcase_abs u) as [L|L].
    - rewrite (Rabs_left u L), <- P, Ropp_involutive. f_equal. ring.
    - rewrite (Rabs_right u L), <- P. reflexivity. }
  rewrite E. unfold Rdiv. pose proof (exp_pos (Rabs u)). pose proof (exp_pos (- (2 * Rabs u))).
  rewrite !ln_mult, ln_exp, ln_Rinv by (try apply Rmult_lt_0_compat; lra). ring.
Qed.
Ltac shift_log_cosh :=
  first [apply shift_log_cosh_at | rewrite shift_log_cosh_at; by_ring].
Lemma complement_tanh_at u :
  1 - tanh u ^ 2 = 4 * exp (- (2 * Rabs u)) / (1 + exp (- (2 * Rabs u))) ^ 2.
Proof.
  assert (P : forall v, 0 < exp v) by exact exp_pos.
  assert (E : forall v, exp (- (2 * v)) = exp (- v) * exp (- v)).
  { intros v. rewrite <- exp_plus. f_equal. ring. }
  assert (I : forall v, exp (- v) = / exp v) by exact exp_Ropp.
  rewrite E. unfold tanh, sinh, cosh.
  destruct (Rcase_abs u) as [L|L]; [rewrite (Rabs_left u L), Ropp_involutive
                                   | rewrite (Rabs_right u L)];
  rewrite ?I; specialize (P u); field; repeat split; nra.
Qed.
Ltac complement_tanh := rewrite ?complement_tanh_at; by_ring.
Lemma tanh_logistic u : 1 + tanh u = 2 / (1 + exp (- (2 * u))).
Proof.
  assert (E : exp (- (2 * u)) = / exp u * / exp u).
  { rewrite <- exp_Ropp, <- exp_plus. f_equal. ring. }
  rewrite E. unfold tanh, sinh, cosh. rewrite exp_Ropp. pose proof (exp_pos u).
  field. repeat split; nra.
Qed.
Lemma shift_log_tanh_at u :
  ln (1 + tanh u) = Rmin 0 (2 * u) - ln (1 + (exp (- (2 * Rabs u)) - 1) / 2).
Proof.
  assert (P : forall v, 0 < exp v) by exact exp_pos.
  rewrite tanh_logistic. unfold Rdiv. rewrite ln_mult, ln_Rinv
    by (try apply Rinv_0_lt_compat; pose proof (P (- (2 * u))); lra).
  replace (1 + (exp (- (2 * Rabs u)) - 1) * / 2) with ((1 + exp (- (2 * Rabs u))) * / 2) by field.
  rewrite ln_mult, ln_Rinv by (try (pose proof (P (- (2 * Rabs u)))); lra).
  unfold Rmin. destruct (Rle_dec 0 (2 * u)).
  - rewrite Rabs_right by lra. ring.
  - rewrite Rabs_left by lra.
    replace (1 + exp (- (2 * u))) with (exp (- (2 * u)) * (1 + exp (- (2 * - u)))).
    + rewrite ln_mult, ln_exp by (first [apply P | pose proof (P (- (2 * - u))); lra]). ring.
    + rewrite Rmult_plus_distr_l, <- exp_plus.
      replace (- (2 * u) + - (2 * - u)) with 0 by ring. rewrite exp_0. ring.
Qed.
Ltac write_tanh_logistic :=
  match goal with |- context [tanh ?u] =>
    replace (tanh u) with (2 / (1 + exp (- (2 * u))) - 1) by (rewrite <- tanh_logistic; ring);
    by_field end.
Ltac write_less_tanh_logistic :=
  match goal with |- context [tanh ?u] =>
    replace (tanh u) with (1 - 2 / (1 + exp (2 * u))) by
      (replace (2 * u) with (- (2 * - u)) by ring; rewrite <- tanh_logistic, tanh_opp; ring);
    by_field end.
Lemma shift_log_less_tanh_at u :
  ln (1 - tanh u) = - Rmax 0 (2 * u) - ln (1 + (exp (- (2 * Rabs u)) - 1) / 2).
Proof.
  replace (1 - tanh u) with (1 + tanh (- u)) by (rewrite tanh_opp; ring).
  rewrite shift_log_tanh_at, Rabs_Ropp. unfold Rmin, Rmax.
  destruct (Rle_dec 0 (2 * - u)), (Rle_dec 0 (2 * u)); lra.
Qed.
Ltac shift_log_tanh :=
  first [apply shift_log_tanh_at | rewrite (Rplus_comm (tanh _) 1), shift_log_tanh_at; by_ring
        | rewrite shift_log_tanh_at; by_ring].
Ltac shift_log_less_tanh :=
  first [apply shift_log_less_tanh_at
        | match goal with |- context [- tanh ?u + 1] =>
            replace (- tanh u + 1) with (1 - tanh u) by ring end;
          rewrite shift_log_less_tanh_at; by_ring
        | rewrite shift_log_less_tanh_at; by_ring].
Ltac write_tanh := unfold tanh; by_field.
Ltac shift_softplus :=
  first [apply shift_softplus_at | rewrite Rplus_comm; apply shift_softplus_at
        | rewrite shift_softplus_at; by_ring
        | rewrite (Rplus_comm (exp _) 1), shift_softplus_at; by_ring].

(* What stands below a bar and is not seen to be different from zero stays a number by itself. *)
Ltac unknown_inverses :=
  rewrite ?Rinv_mult;
  repeat match goal with |- context [/ ?x] =>
    tryif (assert (x <> 0) by nonzero) then fail else (generalize (/ x); intro) end.
Ltac shift_logistic :=
  match goal with |- _ = _ / ?below =>
    match below with context [exp (- Rmax 0 ?u)] =>
      let m := fresh "m" in let e := fresh "e" in
      set (m := Rmax 0 u) in *; clearbody m;
      unfold Rdiv, Rminus;
      repeat match goal with
        | |- context [exp (- (2 * m))] => replace (- (2 * m)) with (- m + - m) by ring
        | |- context [exp (?a + - (2 * m))] =>
            replace (a + - (2 * m)) with (a + (- m + - m)) by ring
        | |- context [exp (- (3 * m))] => replace (- (3 * m)) with (- m + (- m + - m)) by ring
        | |- context [exp (?a + - (3 * m))] =>
            replace (a + - (3 * m)) with (a + (- m + (- m + - m))) by ring
        | |- context [exp (- (4 * m))] =>
            replace (- (4 * m)) with (- m + (- m + (- m + - m))) by ring
        | |- context [exp (?a + - (4 * m))] =>
            replace (a + - (4 * m)) with (a + (- m + (- m + (- m + - m)))) by ring
        end;
      rewrite ?exp_plus; pose proof (exp_pos (- m)); pose proof (exp_pos u);
      set (e := exp (- m)) in *; clearbody e;
      first [ solve [field; repeat split; nonzero]
            | unknown_inverses; field; repeat split; nonzero ]
    end end.
Ltac shift_sigmoid := shift_logistic.
(* With a power that is no whole number: what goes to each exponent is [exp (- c)]. *)
Ltac shift_real_power :=
  match goal with |- _ = ?above / ?below => match below with context [exp (- Rmax 0 ?u)] =>
    let m := fresh "m" in
    set (m := Rmax 0 u) in *; clearbody m;
    match goal with |- _ = ?above / ?below =>
      let c := lazymatch above with
        | context [exp (_ - ?c)] => lazymatch c with context [m] => c end
        | context [exp (- ?c)] => lazymatch c with context [m] => c end end in
      match below with
      | context [sqrt ?s] => lazymatch s with context [exp (- m)] =>
          replace s with (exp (- m) * (1 + exp u)) by moved_down;
          rewrite (sqrt_mult_pos (exp (- m)) (1 + exp u)) by (first [apply exp_pos | positive]);
          replace (sqrt (exp (- m))) with (exp (- c)) by (symmetry; raise_exponential) end
      | context [Rpower ?s ?a] => lazymatch s with context [exp (- m)] =>
          replace s with (exp (- m) * (1 + exp u)) by moved_down;
          rewrite (Rpower_mult_pos (exp (- m)) (1 + exp u) a) by (first [apply exp_pos | positive]);
          replace (Rpower (exp (- m)) a) with (exp (- c)) by (symmetry; raise_exponential) end
      end;
      rewrite ?(Rplus_comm (exp u) 1); unfold Rminus; rewrite ?exp_plus;
      pose proof (exp_pos (- c));
      let e := fresh "e" in set (e := exp (- c)) in *; clearbody e;
      field; repeat split; nonzero end end end.
Ltac shift_sigmoid_power := first [shift_logistic | shift_real_power].
Ltac shift_logistic_power := first [shift_logistic | shift_real_power].
