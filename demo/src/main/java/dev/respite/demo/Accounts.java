package dev.respite.demo;

import java.util.List;
import java.util.stream.Stream;

/** The accounts of the bank: one set for each run. */
final class Accounts {

    /** The number of accounts in a set. */
    static final int COUNT = 100;

    /** The set of the run without faults. The other sets have the names of their strategies. */
    static final String WARM_UP = "warm-up";

    private Accounts() {}

    /** Returns the names of all sets. */
    static List<String> sets() {
        return Stream.concat(
                        Stream.of(WARM_UP), Stream.of(ClientStrategy.values()).map(ClientStrategy::toString))
                .toList();
    }
}
