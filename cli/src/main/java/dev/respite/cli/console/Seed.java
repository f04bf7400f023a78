package dev.respite.cli.console;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Parses a seed. */
public final class Seed implements ITypeConverter<Long> {

    @Override
    public Long convert(String text) {
        if (!text.matches("-?[0-9]{1,18}")) {
            throw new TypeConversionException("'" + text + "': expected a whole number of at most 18 digits");
        }
        return Long.valueOf(text);
    }
}
