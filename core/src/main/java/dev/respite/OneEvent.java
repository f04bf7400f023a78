package dev.respite;

import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Passes the events of one class for which a condition holds to an action.
 *
 * @param <E> the class
 */
record OneEvent<E extends RetryEvent>(
        Class<E> type, Predicate<E> condition, Consumer<? super E> action, Interest interest) implements RetryListener {

    OneEvent {
        Objects.requireNonNull(action, "action");
    }

    @Override
    public void on(RetryEvent event) {
        if (type.isInstance(event)) {
            E one = type.cast(event);
            if (condition.test(one)) {
                action.accept(one);
            }
        }
    }
}
