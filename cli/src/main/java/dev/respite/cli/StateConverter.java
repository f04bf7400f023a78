package dev.respite.cli;

import dev.respite.idempotency.State;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the name of a state as stores write it. */
final class StateConverter implements ITypeConverter<State> {

    @Override
    public State convert(String value) {
        try {
            return State.ofStoredName(value);
        } catch (IllegalArgumentException unknown) {
            throw new TypeConversionException(
                    "expected one of [READY, STARTED, EFFECT_STARTED, UNKNOWN, DONE] (case-sensitive) but was '" + value
                            + "'");
        }
    }
}
