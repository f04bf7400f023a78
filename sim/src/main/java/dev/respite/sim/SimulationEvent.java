package dev.respite.sim;

import dev.respite.outcome.StopReason;

/**
 * Something that happened in a run. Times are nanoseconds since the beginning of the run.
 *
 * <p>A call publishes a {@link CallEvent} for each step of its attempts and retries, and then {@link CallEnded}. If the call is
 * still running at the end of the run, it publishes no {@link CallEnded}. The events are immutable.
 */
public sealed interface SimulationEvent {

    /** {@return the time of the event in nanoseconds since the beginning of the run} */
    long nanos();

    /**
     * Calls of one kind of caller to one service. A chain of services has a layer for each step.
     *
     * @param caller the group of clients, {@code all} if the load names none, or the service that calls
     * @param service the service that is called
     * @param isFront whether the callers are the clients of the load
     */
    record Layer(String caller, String service, boolean isFront) {}

    /**
     * A call.
     *
     * @param layer who calls whom
     * @param client the client in its group, or the replica of the service that calls; from 0
     * @param number the number of the call in the run, from 1 in the order in which calls start
     * @param parent the number of the call whose request made the service call; 0 for the calls of the clients of the load
     */
    record Call(Layer layer, int client, long number, long parent) {}

    /**
     * A step of a call: its start, or a step of one of its attempts.
     *
     * @param nanos when
     * @param kind the step
     * @param call the call
     * @param attempt the number of the attempt, from 1; 0 at the start of the call
     * @param delayNanos how long after now a scheduled retry is to be sent; 0 in all other steps
     */
    record CallEvent(long nanos, Kind kind, Call call, int attempt, long delayNanos) implements SimulationEvent {

        /** The step of a call. */
        public enum Kind {
            /** The call has started. */
            STARTED,
            /** An attempt has been sent. One that a breaker rejects is not sent. */
            ATTEMPT,
            /** An attempt has been sent while another one of the call was still unanswered. */
            HEDGE,
            /** An attempt has ended with a response of the service. */
            SERVED,
            /** An attempt has ended with an error after the work was done, or with the failure of a service further down. */
            FAILED,
            /** An attempt has ended without a response in time. The service may work on the request for longer. */
            TIMED_OUT,
            /** The service has rejected a request before any work: 429, 503, an error at once, a refused connection. */
            REJECTED,
            /** An attempt has ended since another one of the hedged call has ended the call. */
            CANCELLED,
            /**
             * The policy has decided on a retry of the attempt. Where calls wait for the budget, the wait follows the delay. A hedged
             * call has no schedule, and so no such event.
             */
            RETRY_SCHEDULED,
            /** The budget has rejected a retry of the attempt, and the call ends. */
            RETRY_REJECTED
        }
    }

    /**
     * A call has ended.
     *
     * @param nanos when
     * @param call the call
     * @param reason why it made no further attempt
     * @param latencyNanos the time since it started
     */
    record CallEnded(long nanos, Call call, StopReason reason, long latencyNanos) implements SimulationEvent {}

    /**
     * A request has arrived at a server, which may be down or may reject it.
     *
     * @param nanos when
     * @param service the service
     * @param replica which of its servers, from 1
     * @param call the number of the call whose attempt it is
     * @param attempt the number of the attempt, from 1; 1 if its client does not send the number
     */
    record RequestArrived(long nanos, String service, int replica, long call, int attempt) implements SimulationEvent {}

    /**
     * A server has finished its work on a request.
     *
     * @param nanos when
     * @param service the service
     * @param replica which of its servers, from 1
     * @param call the number of the call whose attempt it is
     * @param attempt the number of the attempt, as the server reads it
     * @param workNanos how much work it was
     * @param isAbandoned whether the caller no longer waits, so that the work was wasted
     */
    record RequestFinished(
            long nanos, String service, int replica, long call, int attempt, long workNanos, boolean isAbandoned)
            implements SimulationEvent {}

    /**
     * A breaker of the clients has changed its state. Each breaker publishes its first state when the run begins.
     *
     * @param nanos when
     * @param breaker the number of the breaker, from 1 in the order of the groups and their clients
     * @param state its new state
     */
    record BreakerChanged(long nanos, int breaker, State state) implements SimulationEvent {

        /** The state of a breaker. */
        public enum State {
            /** Attempts pass. */
            CLOSED,
            /** All attempts are rejected. */
            OPEN,
            /** Some attempts pass, as a trial. */
            HALF_OPEN
        }
    }

    /**
     * A sample of the retries that the budgets of a layer have left.
     *
     * @param nanos when
     * @param layer whose calls they pay for
     * @param retriesLeft how many retries of ordinary errors they would grant now, on average over the clients, at most the
     *     first 100 of each group; infinite where nothing limits retries
     * @param overloadRetriesLeft the same for retries of overload signals, such as timeouts
     */
    record BudgetSampled(long nanos, Layer layer, double retriesLeft, double overloadRetriesLeft)
            implements SimulationEvent {}

    /**
     * A sample of the requests that wait at a service.
     *
     * @param nanos when
     * @param service the service
     * @param waiting the requests in the queues of all its servers, without those that are worked on
     */
    record QueueSampled(long nanos, String service, int waiting) implements SimulationEvent {}
}
