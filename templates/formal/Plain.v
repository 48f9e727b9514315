(** Our sums as those of Coquelicot, for statements in its words alone. *)

From Coq Require Import FunctionalExtensionality.
From Derive Require Import Rules.

Lemma range_last lo hi : (lo <= S hi)%nat -> range lo (S hi) = range lo hi ++ [S hi].
Proof.
  intros H. unfold range. replace (S (S hi) - lo)%nat with ((S hi - lo) + 1)%nat by lia.
  rewrite seq_app. cbn [seq]. now replace (lo + (S hi - lo))%nat with (S hi) by lia.
Qed.

Lemma total_is_sum_n_m lo hi f : total lo hi f = sum_n_m f lo hi.
Proof.
  induction hi as [|hi IH].
  - destruct lo as [|lo]; [rewrite sum_n_n | rewrite sum_n_m_zero by lia]; simpl; [ring|].
    reflexivity.
  - destruct (le_lt_dec lo (S hi)) as [H|H].
    + rewrite range_last, sum_over_app, sum_n_Sm, IH by exact H. simpl.
      unfold plus. simpl. ring.
    + rewrite sum_n_m_zero by exact H. rewrite (sum_over_zero (range lo (S hi))); [reflexivity|].
      intros j Hj. apply in_range in Hj. lia.
Qed.

(** To rewrite with wherever such a sum stands. *)
Lemma sum_n_m_is_total :
  @sum_n_m R_AbelianGroup = fun f lo hi => sum_over (range lo hi) f.
Proof.
  do 3 (apply functional_extensionality; intros ?). symmetry. apply total_is_sum_n_m.
Qed.
