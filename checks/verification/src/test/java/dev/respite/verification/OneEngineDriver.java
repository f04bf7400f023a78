package dev.respite.verification;

import dev.respite.AsyncOperation;
import dev.respite.Retry;
import dev.respite.driver.AttemptResult;
import dev.respite.driver.CallState;
import dev.respite.driver.ResumableRetry;
import dev.respite.kotlin.RespiteKt;
import dev.respite.outcome.Attempt;
import dev.respite.outcome.Outcome;
import dev.respite.reactor.ReactorRetry;
import dev.respite.time.VirtualTime;
import java.util.concurrent.CompletionStage;
import kotlin.coroutines.EmptyCoroutineContext;
import kotlinx.coroutines.CoroutineScopeKt;
import kotlinx.coroutines.CoroutineStart;
import kotlinx.coroutines.Dispatchers;
import kotlinx.coroutines.future.FutureKt;

/** The drivers, each of which can play a script. */
enum OneEngineDriver {
    BLOCKING(false) {
        @Override
        void run(Retry retry, OneEnginePlay play) {
            try {
                play.endHere(retry.callWithAttempt(play::now), null);
            } catch (Exception | OutOfMemoryError error) {
                play.endHere(null, error);
            }
        }
    },

    /** Each attempt by itself: the state between them is stored as bytes, as another process would read it. */
    RESUMABLE(false) {
        @Override
        void run(Retry retry, OneEnginePlay play) {
            ResumableRetry resumable = retry.driver().resumable().withoutDeferral();
            CallState state = resumable.begin();
            while (true) {
                AttemptResult<Object> result = resumable.attempt(state, play::now);
                if (result instanceof AttemptResult.Ended<Object> ended) {
                    boolean failed = ended.outcome() instanceof Outcome.Failure<Object>;
                    play.endHere(
                            failed ? null : ((Outcome.Success<Object>) ended.outcome()).value(),
                            failed ? ((Outcome.Failure<Object>) ended.outcome()).error() : null);
                    return;
                }
                AttemptResult.Again<Object> again = (AttemptResult.Again<Object>) result;
                // Another thread makes the next attempt.
                Thread.interrupted();
                ((VirtualTime) retry.time()).advance(again.delay());
                state = CallState.decode(again.state().encode());
            }
        }
    },

    ASYNCHRONOUS(true) {
        @Override
        void run(Retry retry, OneEnginePlay play) {
            retry.callAsyncWithAttempt(play::later).whenComplete(play::end);
        }
    },

    /** As HTTP is run: the operation limits its own time, or, as here, has no limit. */
    ASYNCHRONOUS_KEEPING_TIME(false) {
        @Override
        void run(Retry retry, OneEnginePlay play) {
            retry.callAsyncWithAttempt(new AsyncOperation<Object>() {
                        @Override
                        public CompletionStage<Object> attempt(Attempt attempt) throws Exception {
                            return play.later(attempt);
                        }

                        @Override
                        public boolean enforcesTimeout() {
                            return true;
                        }
                    })
                    .whenComplete(play::end);
        }
    },

    MONO(true) {
        @Override
        void run(Retry retry, OneEnginePlay play) {
            ReactorRetry.of(retry)
                    .mono(play::emitted)
                    .subscribe(value -> play.end(value, null), error -> play.end(null, error));
        }
    },

    /** A coroutine on whatever thread resumes it: all of it on the thread that lets time pass. */
    SUSPENDING(true) {
        @Override
        void run(Retry retry, OneEnginePlay play) {
            FutureKt.<Object>future(
                            CoroutineScopeKt.CoroutineScope(Dispatchers.getUnconfined()),
                            EmptyCoroutineContext.INSTANCE,
                            CoroutineStart.DEFAULT,
                            (scope, caller) -> RespiteKt.<Object>suspending(retry, play::suspended, caller))
                    .whenComplete(play::end);
        }
    };

    private final boolean cuts;

    OneEngineDriver(boolean cuts) {
        this.cuts = cuts;
    }

    /** Whether this driver ends an attempt when its time is up. */
    boolean cuts() {
        return cuts;
    }

    /** Whether attempts have a thread that can be interrupted. */
    boolean hasThread() {
        return this == BLOCKING || this == RESUMABLE;
    }

    /** Whether waits have a thread that can be interrupted. */
    boolean waitsOnThread() {
        return this == BLOCKING;
    }

    abstract void run(Retry retry, OneEnginePlay play);
}
