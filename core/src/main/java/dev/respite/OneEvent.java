package dev.respite;

import java.util.function.Consumer;

/** A listener made of an action, which selects its events. */
record OneEvent(Interest interest, Consumer<RetryEvent> action) implements RetryListener {

    @Override
    public void on(RetryEvent event) {
        action.accept(event);
    }
}
