package dev.respite.torture.cluster;

import java.util.List;

/** A fault that can be injected into one worker. */
public enum FaultKind {
    KILL_AT_STEP,
    KILL_ANYTIME,
    PAUSE_AT_STEP,
    PAUSE_BEFORE_EFFECT,
    PAUSE_ANYTIME,
    LOSE_COMMIT_RESPONSE,
    LOSE_COMMIT,
    DELAY_COMMIT_RESPONSE,
    RESET_STORE_CONNECTIONS,
    RESET_CLIENT_CONNECTIONS,
    /** The worker vanishes before a commit, and the stores do not notice it before the fault is undone. */
    FREEZE,
    /** The worker is replaced by one of the next deployment. */
    DEPLOY;

    /**
     * The faults of one cycle, each as often as it is listed. A worker gets one shuffled cycle after the other, so that a
     * short run has faults of every kind.
     */
    public static final List<FaultKind> DEFAULT_CYCLE = List.of(
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
}
