//! Every sentence and every outcome must come often: a branch that no world reaches is not tested by any.

use super::compare::Tally;

/// So many worlds are enough to count.
const WORLDS_MIN: usize = 10_000;

/// At least so often in every ten thousand worlds.
const TIMES_MIN: usize = 8;

const WANTED: [&str; 75] = [
    "refused: the purpose is off",
    "refused: no role has the purpose",
    "refused: neither case nor reason",
    "consent: requested",
    "consent: given",
    "consent: refused",
    "consent: withdrawn",
    "consent: expired",
    "consent: lapsed",
    "consent: superseded",
    "consent: an adult's own, while the register is silent",
    "never: oneself",
    "never: the household",
    "never: silent and hasty",
    "never: in haste, how strict",
    "no law: not known how strict",
    "no consent: not known how strict",
    "not told: not known how strict",
    "never: a party of the case",
    "never: screened to others",
    "never: the owner's row is missing",
    "never: a colleague",
    "never: register silent",
    "screened twice",
    "own case: in person",
    "own case: by unit",
    "not own: above the role's level",
    "not own: above the token's level",
    "not own: a category that the role never sees",
    "not own: no effort",
    "not own: no longer, not yet, or a post",
    "not own: another subject",
    "law",
    "no law: not confirmed, or without a basis",
    "no law: not its day",
    "no law: other categories or units",
    "no law: above its level or the token's",
    "no law: above the role's level",
    "no law: it does not name the existence",
    "consent",
    "no consent: another purpose",
    "no consent: another case, or none",
    "no consent: other categories or units",
    "no consent: not for this role",
    "no consent: above its level or the token's",
    "no consent: it does not name the existence",
    "emergency",
    "emergency: violence",
    "no emergency: none opened",
    "no emergency: another citizen's",
    "no emergency: over",
    "no emergency: the highest level",
    "granting case",
    "not granting: highest level or screened",
    "several grounds at once",
    "past its window",
    "not told: the highest level",
    "not told: nobody's",
    "not told: not this role",
    "not told: the category allows nothing",
    "not told: no relation",
    "told without relation",
    "told: a child's case to who works with children",
    "citizen: nothing",
    "citizen: without address",
    "citizen: an address, asked for",
    "citizen: a protected address, asked for",
    "citizen: a protected name and address stay hidden",
    "citizen: somebody at home is protected",
    "item: shown",
    "item: past its window, counted",
    "item: past its window, not counted",
    "item: existence and contact",
    "item: existence",
    "item: nothing",
];

/// Fails when a branch came too seldom, or one came that nobody counts.
pub(super) fn check(tally: &Tally) {
    let worlds = tally.get("worlds").copied().unwrap_or_default();
    let unknown: Vec<&&str> = tally.keys().filter(|key| **key != "worlds" && !WANTED.contains(*key)).collect();
    assert!(unknown.is_empty(), "sentences that nobody counts: {unknown:?}");
    if worlds < WORLDS_MIN {
        return;
    }
    let least = TIMES_MIN * worlds / WORLDS_MIN;
    let times = |sentence: &str| tally.get(sentence).copied().unwrap_or_default();
    let seldom: Vec<(&str, usize)> =
        WANTED.into_iter().map(|sentence| (sentence, times(sentence))).filter(|(_, times)| *times < least).collect();
    assert!(seldom.is_empty(), "of {worlds} worlds, fewer than {least} reached: {seldom:?}");
}
