package dev.respite.torture.run;

import java.util.Map;

/**
 * The findings of a check.
 *
 * @param figures the figures by name, in the order of the output
 * @param isClean whether no fault was found
 * @param conclusion one line for readers
 */
public record Findings(Map<String, Long> figures, boolean isClean, String conclusion) {}
