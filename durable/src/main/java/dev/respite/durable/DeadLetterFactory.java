package dev.respite.durable;

import dev.respite.driver.AttemptResult;
import dev.respite.driver.CallState;
import dev.respite.durable.CallStatements.CallRow;
import dev.respite.durable.Envelope.UnreadableDataException;
import dev.respite.logging.FailureText;
import dev.respite.outcome.History;
import dev.respite.outcome.Outcome;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Makes the entries of calls that are not run any more. */
final class DeadLetterFactory {

    private static final int MAX_ERROR = 2_000;
    private static final String HANDLER_FAILED = "; its handler has failed";
    private static final String ENDED_BY_HANDLER = "transaction ended by the handler";

    private DeadLetterFactory() {}

    static DeadLetter givenUp(
            CallRow row,
            Envelope envelope,
            DurableTask<?> task,
            AttemptResult.Ended<?> end,
            Instant firstStart,
            Instant now) {
        boolean isEndedByHandler = end.outcome() instanceof Outcome.Failure<?> failure
                && failure.error() instanceof EffectMark.EndedByHandlerException;
        return new DeadLetter(
                newLetterId(),
                call(row, Optional.of(envelope), envelope.sequence()),
                // A call that pauses is resumed with all others; this one may have had its effect.
                task.isPausing() && !isEndedByHandler ? DeadLetter.State.PAUSED : DeadLetter.State.DEAD,
                isEndedByHandler ? ENDED_BY_HANDLER : end.reason().phrase(),
                now,
                new DeadLetter.Attempts(
                        end.history().attempts(),
                        Optional.of(firstStart),
                        error(envelope, end.outcome()),
                        end.history().summary()));
    }

    /** Returns a call, with an empty key if its envelope cannot be read. */
    static DeadLetter.Call call(CallRow row, Optional<Envelope> envelope, Optional<String> sequence) {
        return new DeadLetter.Call(
                row.task(),
                row.id(),
                envelope.map(Envelope::key).orElse(""),
                envelope.map(Envelope::dataVersion).orElse(0),
                sequence);
    }

    private static String newLetterId() {
        return UUID.randomUUID().toString();
    }

    /** A call whose time is up before an attempt has no failure of its own: the last one is more useful. */
    private static String error(Envelope envelope, Outcome<?> last) {
        String before = envelope.progress().lastError();
        String now = last instanceof Outcome.Failure<?> failure
                ? FailureText.of(failure.error())
                : "the policy does not accept the end of the handler, which has no value";
        boolean unmade = last instanceof Outcome.Failure<?> failure && failure.error() instanceof TimeoutException;
        return unmade && !before.isEmpty() ? FailureText.bounded(now + "; before that: " + before, MAX_ERROR) : now;
    }

    /** A call that cannot be run here. */
    static DeadLetter parked(CallRow row, Envelope envelope, String reason, String error, Instant now) {
        DeadLetter.Call call = call(row, Optional.of(envelope), envelope.sequence());
        return notEnded(call, DeadLetter.State.PARKED, reason, Optional.of(envelope), error, now);
    }

    /** A call of which nothing can be read. */
    static DeadLetter unreadable(CallRow row, UnreadableDataException damaged, Instant now) {
        DeadLetter.Call call = call(row, Optional.empty(), Optional.empty());
        String error = FailureText.of(damaged);
        return notEnded(call, DeadLetter.State.PARKED, "unreadable envelope", Optional.empty(), error, now);
    }

    /** A call that an operator has cancelled. It holds up no sequence. */
    static DeadLetter cancelled(CallRow row, Optional<Envelope> envelope, Instant now) {
        DeadLetter.Call call = call(row, envelope, Optional.empty());
        String error = envelope.map(read -> read.progress().lastError()).orElse("");
        return notEnded(call, DeadLetter.State.CANCELLED, "cancelled", envelope, error, now);
    }

    private static DeadLetter notEnded(
            DeadLetter.Call call,
            DeadLetter.State state,
            String reason,
            Optional<Envelope> envelope,
            String error,
            Instant now) {
        Optional<CallState> last = envelope.flatMap(read -> read.progress().state());
        DeadLetter.Attempts attempts = new DeadLetter.Attempts(
                envelope.map(Envelope::attempts).orElse(0),
                last.map(CallState::firstStart),
                error,
                last.map(DeadLetterFactory::history).orElse(""));
        return new DeadLetter(newLetterId(), call, state, reason, now, attempts);
    }

    /** A call whose handler for calls that are given up has failed. */
    static DeadLetter withFailedHandler(DeadLetter letter, Throwable failure) {
        return with(letter, letter.state(), HANDLER_FAILED, "; the handler: ", failure);
    }

    static boolean hasFailedHandler(DeadLetter letter) {
        return letter.reason().contains(HANDLER_FAILED);
    }

    /** A call whose handler has run again. */
    static DeadLetter withoutFailedHandler(DeadLetter letter) {
        return with(letter, letter.state(), letter.reason().replace(HANDLER_FAILED, ""), letter.attempts());
    }

    /** A call of which an attempt has committed by itself. It does not pause: it would be resumed with all others. */
    static DeadLetter withEndedTransaction(DeadLetter letter) {
        if (letter.reason().contains(ENDED_BY_HANDLER)) {
            return letter;
        }
        DeadLetter.State state = letter.state() == DeadLetter.State.PAUSED ? DeadLetter.State.DEAD : letter.state();
        return with(
                letter, state, "; " + ENDED_BY_HANDLER, "; an attempt: ", new EffectMark.EndedByHandlerException(null));
    }

    /** Adds a failure to a letter, with what leads to it in the text of errors. */
    private static DeadLetter with(
            DeadLetter letter, DeadLetter.State state, String reason, String lead, Throwable failure) {
        DeadLetter.Attempts attempts = letter.attempts();
        String error = attempts.lastError() + lead + FailureText.of(failure);
        return with(
                letter,
                state,
                letter.reason() + reason,
                new DeadLetter.Attempts(
                        attempts.count(),
                        attempts.firstStart(),
                        FailureText.bounded(error, MAX_ERROR),
                        attempts.history()));
    }

    private static DeadLetter with(
            DeadLetter letter, DeadLetter.State state, String reason, DeadLetter.Attempts attempts) {
        return new DeadLetter(letter.letterId(), letter.call(), state, reason, letter.parkedAt(), attempts);
    }

    private static String history(CallState state) {
        return Stream.concat(state.first().stream(), state.last().stream())
                .map(History.Entry::toString)
                .collect(Collectors.joining(", "));
    }
}
