package dev.respite.idempotency.test;

import java.util.Set;

/** The defects of a {@link BrokenStore}, each with the tests of the contract that must fail. */
enum StoreDefect {
    FINDS_NOTHING("putIfAbsent_noRecord_writesTheRecord"),
    FINDS_ANOTHER_RECORD("find_noRecord_isEmpty"),
    SHORTENS_OWNERS(
            "putIfAbsent_ownerWithTimeAndOperation_isReadUnchanged",
            "compareAndSet_becomesUnknown_keepsTimeAndOperation"),
    OVERWRITES_RECORDS(
            "putIfAbsent_record_isFoundAndLeftAsItIs",
            "putIfAbsent_sentAgain_findsItsOwn",
            "putIfAbsent_manyAtOnce_oneIsWritten"),
    IGNORES_CASE("putIfAbsent_namesThatDifferInCaseOnly_areTwoRecords"),
    IGNORES_KEY_TIMES(
            "putIfAbsent_keyOlderThanTheRetention_isNotAdmitted",
            "putIfAbsent_keyAheadOfTime_isNotAdmitted",
            "putIfAbsent_keyALittleAhead_isKeptLonger",
            "putIfAbsent_keyNotLaterThanOneThatWasPurged_isNotAdmitted"),
    ADMITS_BEFORE_IT_LOOKS("putIfAbsent_oldKeyWithARecord_isFound"),
    KEEPS_NO_CHANGE("compareAndSet_asExpected_writesEveryState"),
    KEEPS_THE_FIRST_OWNER(
            "compareAndSet_takenOver_hasTimeAndOperationOfTheLastClaim", "compareAndSet_anotherOwner_getsAHigherFence"),
    DECODES_BODIES("compareAndSet_response_isKeptToTheByte"),
    DROPS_BODIES("compareAndSet_response_isKeptToTheByte"),
    CHANGES_WHATEVER_IT_FINDS("compareAndSet_notAsExpected_changesNothing", "compareAndSet_manyAtOnce_oneIsWritten"),
    ACCEPTS_EARLIER_FENCES("compareAndSet_notAsExpected_changesNothing"),
    ACCEPTS_LATER_FENCES("compareAndSet_notAsExpected_changesNothing"),
    CREATES_ON_CHANGE("compareAndSet_noRecord_isRejectedAndWritesNothing"),
    KEEPS_THE_FIRST_FINGERPRINT("compareAndSet_fingerprintAndClaims_areWritten"),
    IGNORES_LEASES("compareAndSet_leaseMustBeOver_isRejectedUntilItIs"),
    REJECTS_SLOW_OWNERS("compareAndSet_leaseOverButNotTaken_isDone"),
    RENEWS_FROM_THE_FIRST_LEASE("compareAndSet_sameState_beginsTheLeaseAnew"),
    RENEWS_NO_LEASE("compareAndSet_sameState_beginsTheLeaseAnew"),
    KEEPS_EXPIRED_RECORDS("purge_settledAndExpired_isRemoved"),
    PURGES_EVERY_STATE("purge_notSettled_isNeverRemoved"),
    PURGES_AT_THE_END_OF_THE_LEASE("purge_notExpired_isNotRemoved"),
    PURGES_ALL("purge_notSettled_isNeverRemoved", "purge_notExpired_isNotRemoved"),
    MARKS_EVERY_PURGE("purge_keysWithoutATime_leaveNoMark"),
    LISTS_THE_FIRST_PAGE_ONLY("list_pageByPage_hasEachRecordOfTheState"),
    COUNTS_RESOLVED_RECORDS("count_recordThatIsResolved_isCountedNoMore"),

    /** A store may declare that it has no mark. */
    HAS_NO_MARK("putIfAbsent_keyNotLaterThanOneThatWasPurged_isNotAdmitted"),

    /** A store may declare that it cannot list. Otherwise, its own exception fails the tests. */
    CANNOT_LIST;

    @SuppressWarnings("ImmutableEnumChecker") // Set.of
    private final Set<String> tests;

    StoreDefect(String... tests) {
        this.tests = Set.of(tests);
    }

    Set<String> tests() {
        return tests;
    }
}
