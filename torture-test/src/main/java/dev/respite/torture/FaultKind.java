package dev.respite.torture;

import dev.respite.torture.sabotage.Sabotage;
import java.util.List;

/** A fault that can be injected into one worker. */
enum FaultKind {
    KILL_AT_STEP,
    KILL_ANYTIME,
    PAUSE_AT_STEP,
    PAUSE_AFTER_CLAIM,
    PAUSE_ANYTIME,
    LOSE_COMMIT_RESPONSE,
    LOSE_COMMIT,
    DELAY_COMMIT_RESPONSE,
    RESET_STORE_CONNECTIONS,
    RESET_CLIENT_CONNECTIONS;

    /**
     * The faults of one cycle, each as often as it is listed. A worker gets one shuffled cycle after the other, so that a
     * short run has faults of every kind.
     */
    static final List<FaultKind> DEFAULT_CYCLE = List.of(
            KILL_AT_STEP,
            KILL_AT_STEP,
            KILL_AT_STEP,
            KILL_AT_STEP,
            KILL_ANYTIME,
            PAUSE_AT_STEP,
            PAUSE_ANYTIME,
            LOSE_COMMIT_RESPONSE,
            LOSE_COMMIT,
            DELAY_COMMIT_RESPONSE,
            RESET_STORE_CONNECTIONS,
            RESET_CLIENT_CONNECTIONS);

    /** Returns the faults of one cycle that provoke the missing protection, and few others. */
    static List<FaultKind> cycleFor(Sabotage sabotage) {
        return switch (sabotage) {
            case NO_FENCE -> List.of(PAUSE_AFTER_CLAIM, RESET_CLIENT_CONNECTIONS);
            case NO_RECORD_IN_TX -> List.of(KILL_AT_STEP, LOSE_COMMIT);
            case RESPOND_BEFORE_COMMIT -> List.of(LOSE_COMMIT, KILL_AT_STEP);
            case DELETE_ON_FAILURE -> List.of(LOSE_COMMIT_RESPONSE, LOSE_COMMIT_RESPONSE, RESET_STORE_CONNECTIONS);
            case NO_ENTRY_MARK -> List.of(RESET_CLIENT_CONNECTIONS);
        };
    }
}
