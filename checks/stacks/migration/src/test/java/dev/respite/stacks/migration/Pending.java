package dev.respite.stacks.migration;

import java.util.function.Predicate;

/** The predicate that Resilience4j loads by its name, with a public constructor. */
public final class Pending implements Predicate<Object> {

    public Pending() {}

    @Override
    public boolean test(Object result) {
        return "pending".equals(result);
    }
}
