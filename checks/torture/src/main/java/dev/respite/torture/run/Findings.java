package dev.respite.torture.run;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The figures of a check, by name and in the order of the output. Not thread-safe. */
public final class Findings {

    private static final String MONEY_BEFORE = "moneyBefore";
    private static final String MONEY_AFTER = "moneyAfter";

    private final Map<String, Long> figures = new LinkedHashMap<>();
    private final Set<String> faults;

    /**
     * Creates figures that are 0.
     *
     * @param faults the names of the figures that are 0 if no fault was found
     * @param names the names of all figures; the money follows them
     */
    public Findings(Set<String> faults, String... names) {
        this.faults = faults;
        for (String name : names) {
            figures.put(name, 0L);
        }
    }

    /** Adds to a figure. */
    public void add(String name, long count) {
        figures.computeIfPresent(name, (unused, before) -> before + count);
    }

    /** Adds 1 to a figure if a condition is met. */
    public void addIf(boolean condition, String name) {
        add(name, condition ? 1 : 0);
    }

    /** Sets the sum of all balances before and after the run. */
    public void setMoney(long before, long after) {
        figures.put(MONEY_BEFORE, before);
        figures.put(MONEY_AFTER, after);
    }

    /** Returns a figure. */
    public long figure(String name) {
        return figures.getOrDefault(name, 0L);
    }

    /** Returns all figures. */
    Map<String, Long> figures() {
        return figures;
    }

    /** Returns whether no fault was found, and the sum of all balances is unchanged. */
    public boolean isClean() {
        return faults.stream().allMatch(fault -> figure(fault) == 0) && figure(MONEY_BEFORE) == figure(MONEY_AFTER);
    }
}
