package dev.respite.cli;

import java.util.SplittableRandom;

/**
 * What goes wrong, and with which transfer: drawn from a seed for each attempt at each transfer, so that every client who
 * makes the same attempts meets the same faults, in whatever order they come.
 *
 * @param seed the seed
 * @param faulty whether anything goes wrong at all
 */
record FaultScript(long seed, boolean faulty) {

    /** Every so many attempts at a transfer one is served: a fault that never passes is not a transient one. */
    static final int SERVED_EVERY = 9;

    /** Odd constants with well mixed bits, so that seeds, transfers and attempts do not fall together. */
    private static final long SEEDS = 0x9e3779b97f4a7c15L;

    private static final long TRANSFERS = 0xd1342543de82ef95L;

    Fault fault(int transfer, int attempt) {
        if (!faulty || attempt % SERVED_EVERY == 0) {
            return Fault.NONE;
        }
        int draw = new SplittableRandom(seed * SEEDS + transfer * TRANSFERS + attempt).nextInt(100);
        int below = 0;
        for (Fault fault : Fault.values()) {
            below += fault.percent();
            if (draw < below) {
                return fault;
            }
        }
        return Fault.NONE;
    }

    /** The transfer of that number. */
    Transfer transfer(int number) {
        SplittableRandom random = new SplittableRandom(seed * SEEDS - number * TRANSFERS);
        int from = random.nextInt(Ledger.ACCOUNTS);
        int to = (from + 1 + random.nextInt(Ledger.ACCOUNTS - 1)) % Ledger.ACCOUNTS;
        return new Transfer(number, from, to, random.nextInt(1, 101));
    }
}
