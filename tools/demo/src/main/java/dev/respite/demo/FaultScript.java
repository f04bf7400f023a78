package dev.respite.demo;

import java.util.SplittableRandom;

/**
 * The faults of every attempt at every transfer, drawn from a seed. Clients that make the same attempts meet the same faults,
 * in any order of the attempts.
 */
record FaultScript(long seed, boolean faulty) {

    /** Every attempt with a multiple of this number is served, since a permanent fault is not transient. */
    static final int SERVED_EVERY = 9;

    /** Odd constants with well mixed bits, so that seeds, transfers and attempts do not coincide. */
    private static final long SEEDS = 0x9e3779b97f4a7c15L;

    private static final long TRANSFERS = 0xd1342543de82ef95L;

    TransferFault fault(int transfer, int attempt) {
        if (!faulty || attempt % SERVED_EVERY == 0) {
            return TransferFault.NONE;
        }
        int draw = new SplittableRandom(seed * SEEDS + transfer * TRANSFERS + attempt).nextInt(100);
        int below = 0;
        for (TransferFault fault : TransferFault.values()) {
            below += fault.percent();
            if (draw < below) {
                return fault;
            }
        }
        return TransferFault.NONE;
    }

    /** Returns the transfer with this number. */
    Transfer transfer(int number) {
        SplittableRandom random = new SplittableRandom(seed * SEEDS - number * TRANSFERS);
        int from = random.nextInt(Ledger.ACCOUNTS);
        int to = (from + 1 + random.nextInt(Ledger.ACCOUNTS - 1)) % Ledger.ACCOUNTS;
        return new Transfer(number, from, to, random.nextInt(1, 101));
    }
}
