package dev.respite.torture;

import java.util.List;

/** What can be done to a worker. */
enum Deed {
    KILL_AT_STEP,
    KILL_SOMEWHERE,
    PAUSE_AT_STEP,
    PAUSE_AFTER_CLAIM,
    PAUSE_SOMEWHERE,
    LOSE_ANSWER_OF_COMMIT,
    LOSE_COMMIT,
    DELAY_ANSWER_OF_COMMIT,
    CUT_STORE,
    CUT_CLIENTS;

    /** Each as often as it stands here, shuffled, over and over: so that a short time has something of everything. */
    static final List<Deed> ROUND = List.of(
            KILL_AT_STEP,
            KILL_AT_STEP,
            KILL_AT_STEP,
            KILL_AT_STEP,
            KILL_SOMEWHERE,
            PAUSE_AT_STEP,
            PAUSE_SOMEWHERE,
            LOSE_ANSWER_OF_COMMIT,
            LOSE_COMMIT,
            DELAY_ANSWER_OF_COMMIT,
            CUT_STORE,
            CUT_CLIENTS);
}
