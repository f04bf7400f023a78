package dev.respite.cli.simulate;

import dev.respite.cli.console.TextFormat;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Parses a number of seeds. */
final class SeedCount implements ITypeConverter<Integer> {

    private static final int MAX = 10_000;

    @Override
    public Integer convert(String text) {
        boolean digits = text.matches("[0-9]{1,6}");
        if (!digits || Integer.parseInt(text) < 1 || Integer.parseInt(text) > MAX) {
            throw new TypeConversionException(
                    "'" + text + "': expected a whole number from 1 to " + TextFormat.count(MAX));
        }
        return Integer.valueOf(text);
    }
}
