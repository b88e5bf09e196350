//! What a reinsurer bears of losses: quota share, excess of loss, aggregate stop-loss.
//!
//! | | |
//! |---|---|
//! | words | quota share; layer, limit in excess of retention; aggregate stop-loss; 比例再保险，超赔再保险，停止损失再保险 |
//! | method | quota share `s · X`; layer `min(max(X − retention, 0), limit)`; stop-loss: a share of the layer of the year's total |
//! | source | Klugman, Panjer and Willmot, Loss Models, 4th edition, chapters 8 and 9 |
//! | undefined | negative losses, retentions and limits, shares outside 0–1 |
//!
//! Example: losses of 3, 8 and 20 million under "10 million in excess of 5 million" cede 0, 3 and 10 million; a stop-loss
//! of 90% of what the total of 31 exceeds 20, up to 10, cedes 9 million.

use super::Undefined;
use super::checked::checked;
use super::undefined::{not_negative, share};
use crate::values::Decimal;

/// The ceded share of a loss.
pub fn quota_share(loss: Decimal, ceded: Decimal) -> Result<Decimal, Undefined> {
    (checked(not_negative("the loss", loss)?) * share("the ceded share", ceded)?).finish()
}

/// The part of a loss above `retention`, up to `limit`; without a limit the layer has no top.
pub fn excess_of_loss(loss: Decimal, retention: Decimal, limit: Option<Decimal>) -> Result<Decimal, Undefined> {
    not_negative("the loss", loss)?;
    not_negative("the retention", retention)?;
    let above = (checked(loss) - retention).finish()?.max(Decimal::ZERO);
    Ok(match limit {
        Some(limit) => above.min(not_negative("the limit", limit)?),
        None => above,
    })
}

/// The sum over `losses` of the part of each in the layer, itself up to `aggregate_limit`.
pub fn excess_of_loss_total(
    losses: &[Decimal],
    retention: Decimal,
    limit: Option<Decimal>,
    aggregate_limit: Option<Decimal>,
) -> Result<Decimal, Undefined> {
    let total = losses
        .iter()
        .try_fold(Decimal::ZERO, |sum, loss| (checked(sum) + excess_of_loss(*loss, retention, limit)?).finish())?;
    excess_of_loss(total, Decimal::ZERO, aggregate_limit)
}

/// The ceded share of what the total of `losses` exceeds `attachment`, up to `limit` before the share is taken.
pub fn aggregate_stop_loss(
    losses: &[Decimal],
    attachment: Decimal,
    limit: Option<Decimal>,
    ceded: Decimal,
) -> Result<Decimal, Undefined> {
    let total = losses
        .iter()
        .try_fold(Decimal::ZERO, |sum, loss| (checked(sum) + not_negative("the loss", *loss)?).finish())?;
    quota_share(excess_of_loss(total, attachment, limit)?, ceded)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::expected::{figure, figures};
    use super::*;

    #[test]
    fn layers_are_cut_as_by_hand() {
        for (loss, retention, limit, ceded) in [
            ("3", "5", Some("10"), "0"),
            ("5", "5", Some("10"), "0"),
            ("8", "5", Some("10"), "3"),
            ("15", "5", Some("10"), "10"),
            ("20", "5", Some("10"), "10"),
            ("20", "5", None, "15"),
            ("20", "0", Some("0"), "0"),
        ] {
            let found = excess_of_loss(figure(loss), figure(retention), limit.map(figure));
            assert_eq!(found, Ok(figure(ceded)), "{loss} xs {retention}");
        }
        let losses = figures("3 8 20");
        let total = |aggregate: Option<&str>| {
            excess_of_loss_total(&losses, figure("5"), Some(figure("10")), aggregate.map(figure))
        };
        assert_eq!(total(None), Ok(figure("13")));
        assert_eq!(total(Some("12")), Ok(figure("12")));
        assert_eq!(aggregate_stop_loss(&losses, figure("20"), Some(figure("10")), figure("0.9")), Ok(figure("9")));
        assert_eq!(aggregate_stop_loss(&losses, figure("31"), None, figure("1")), Ok(figure("0")));
        assert_eq!(aggregate_stop_loss(&[], figure("20"), None, figure("0.9")), Ok(figure("0")));
        assert_eq!(quota_share(figure("1000000.01"), figure("0.4")), Ok(figure("400000.004")));
    }

    #[test]
    fn negative_figures_and_false_shares_are_refused() {
        let (one, minus) = (figure("1"), figure("-1"));
        assert!(quota_share(one, figure("1.1")).unwrap_err().to_string().contains("expected a share from 0 to 1"));
        for refused in [
            quota_share(one, minus),
            quota_share(minus, one),
            excess_of_loss(minus, one, None),
            excess_of_loss(one, minus, None),
            excess_of_loss(one, one, Some(minus)),
            excess_of_loss_total(&[one, minus], one, None, None),
            aggregate_stop_loss(&[one, minus], one, None, one),
        ] {
            assert!(matches!(refused, Err(Undefined::Outside { .. })), "{refused:?}");
        }
        assert_eq!(aggregate_stop_loss(&[Decimal::MAX, one], one, None, one), Err(Undefined::OutOfRange));
    }

    proptest! {
        #[test]
        fn stacked_layers_add_up_to_the_loss(loss in 0u32.., first in 0u32.., second in 0u32..) {
            let [loss, first, second] = [loss, first, second].map(Decimal::from);
            let kept = excess_of_loss(loss, Decimal::ZERO, Some(first)).unwrap();
            let middle = excess_of_loss(loss, first, Some(second)).unwrap();
            let top = excess_of_loss(loss, first + second, None).unwrap();
            prop_assert_eq!(kept + middle + top, loss);
        }
    }
}
