package dev.respite.cli.console;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Parses the rate of an option. */
public final class RateConverter implements ITypeConverter<Double> {

    @Override
    public Double convert(String text) {
        if (!text.matches("[0-9]{1,9}(\\.[0-9]{1,9})?/s")) {
            throw new TypeConversionException("'" + text + "': expected a number for each second, such as 280/s");
        }
        return Double.valueOf(text.substring(0, text.length() - 2));
    }
}
