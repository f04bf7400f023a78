package dev.respite;

/** What another thread may do to an asynchronous call at any moment. */
enum Intruder {
    CANCEL,
    COMPLETE_OUTSIDE,
    TIME_IS_UP,
    FAIL_STAGE,
    COMPLETE_STAGE,
    RELEASE;

    void act(SeamWorld world) {
        switch (this) {
            case CANCEL -> world.cancel();
            case COMPLETE_OUTSIDE -> world.completeOutside();
            case TIME_IS_UP -> world.runTasks();
            case FAIL_STAGE -> world.fail();
            case COMPLETE_STAGE -> world.complete();
            case RELEASE -> world.release();
        }
    }
}
