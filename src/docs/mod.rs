//! What is not code: the words, and the decisions in which two good engineers could have differed. [DK] ordliste, beslutninger.

#![doc = include_str!("glossary.md")]

/// Decisions: question, decision, what was given up, what would change our mind. Never rewritten; a new one follows an old one.
pub mod decisions {
    #[doc = include_str!("decisions/0001-one-way-types.md")]
    pub mod d0001_one_way_types {}
    #[doc = include_str!("decisions/0002-how-adapters-are-registered.md")]
    pub mod d0002_how_adapters_are_registered {}
    #[doc = include_str!("decisions/0003-cache-keys-and-ages.md")]
    pub mod d0003_cache_keys_and_ages {}
    #[doc = include_str!("decisions/0004-audit-before-disclosure.md")]
    pub mod d0004_audit_before_disclosure {}
    #[doc = include_str!("decisions/0005-english-names-with-dk.md")]
    pub mod d0005_english_names_with_dk {}
    #[doc = include_str!("decisions/0006-joins-are-strict.md")]
    pub mod d0006_joins_are_strict {}
    #[doc = include_str!("decisions/0007-existence-needs-a-relation.md")]
    pub mod d0007_existence_needs_a_relation {}
    #[doc = include_str!("decisions/0008-tokens-live-in-real-time.md")]
    pub mod d0008_tokens_live_in_real_time {}
    #[doc = include_str!("decisions/0009-what-the-register-cannot-say-closes.md")]
    pub mod d0009_what_the_register_cannot_say_closes {}
    #[doc = include_str!("decisions/0010-two-numbers-one-person.md")]
    pub mod d0010_two_numbers_one_person {}
    #[doc = include_str!("decisions/0011-the-directory-is-asked-after-the-cut.md")]
    pub mod d0011_the_directory_is_asked_after_the_cut {}
    #[doc = include_str!("decisions/0012-a-family-is-several-look-ups.md")]
    pub mod d0012_a_family_is_several_look_ups {}
    #[doc = include_str!("decisions/0013-a-log-that-an-outsider-can-verify.md")]
    pub mod d0013_a_log_that_an_outsider_can_verify {}
    #[doc = include_str!("decisions/0014-a-consent-is-computed-from-what-happened.md")]
    pub mod d0014_a_consent_is_computed_from_what_happened {}
    #[doc = include_str!("decisions/0015-an-emergency-is-followed-up-or-not-given.md")]
    pub mod d0015_an_emergency_is_followed_up_or_not_given {}
    #[doc = include_str!("decisions/0016-a-ceiling-beside-the-policies.md")]
    pub mod d0016_a_ceiling_beside_the_policies {}
    #[doc = include_str!("decisions/0017-the-index-finds-the-log-tells.md")]
    pub mod d0017_the_index_finds_the_log_tells {}
    #[doc = include_str!("decisions/0018-what-could-be-stricter-waits.md")]
    pub mod d0018_what_could_be_stricter_waits {}
    #[doc = include_str!("decisions/0019-one-engine-decides-each-item.md")]
    pub mod d0019_one_engine_decides_each_item {}
    #[doc = include_str!("decisions/0020-a-list-is-cut-before-it-is-matched.md")]
    pub mod d0020_a_list_is_cut_before_it_is_matched {}
    #[doc = include_str!("decisions/0021-a-repeat-is-given-again.md")]
    pub mod d0021_a_repeat_is_given_again {}
    #[doc = include_str!("decisions/0022-figures-have-a-listener-of-their-own.md")]
    pub mod d0022_figures_have_a_listener_of_their_own {}
    #[doc = include_str!("decisions/0023-a-source-in-trouble-is-left-alone.md")]
    pub mod d0023_a_source_in_trouble_is_left_alone {}
    #[doc = include_str!("decisions/0024-what-a-source-sends-is-read-strictly.md")]
    pub mod d0024_what_a_source_sends_is_read_strictly {}
    #[doc = include_str!("decisions/0025-the-whole-service-in-a-simulated-world.md")]
    pub mod d0025_the_whole_service_in_a_simulated_world {}
    #[doc = include_str!("decisions/0026-keys-of-cases-are-siphash.md")]
    pub mod d0026_keys_of_cases_are_siphash {}
}

#[cfg(test)]
mod threat_model;
