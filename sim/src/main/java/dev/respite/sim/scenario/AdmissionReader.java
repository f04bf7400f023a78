package dev.respite.sim.scenario;

import java.util.List;

/** Reads what a service does against too many requests. */
final class AdmissionReader {

    private AdmissionReader() {}

    static Discipline discipline(String text) {
        String kind = text.split(" ", 2)[0];
        return switch (kind) {
            case "fifo" -> alone(text, Discipline.FIFO);
            case "lifo" -> alone(text, Discipline.LIFO);
            case "adaptive-lifo" ->
                Discipline.adaptiveLifo(Formats.readCount(
                        DistributionReader.split(text, 2, "adaptive-lifo 50: newest first while more than 50 wait")[
                                1]));
            default -> throw DistributionReader.unknownWord(kind, List.of("fifo", "lifo", "adaptive-lifo"));
        };
    }

    private static Discipline alone(String text, Discipline order) {
        if (!text.equals(order.toString())) {
            throw new InvalidScenarioException("'" + text + "': " + order + " has nothing behind it");
        }
        return order;
    }

    static ConcurrencyLimit concurrencyLimit(String text) {
        String form =
                "aimd 100ms, or aimd 100ms from 10 by 0.9: the latency, the first limit, the factor of a decrease";
        String[] fields = text.split(" +", -1);
        DistributionReader.expect(fields[0], "aimd");
        if (fields.length == 2) {
            return ConcurrencyLimit.aimd(Formats.readTime(fields[1]));
        }
        DistributionReader.split(text, 6, form);
        DistributionReader.expect(fields[2], "from");
        DistributionReader.expect(fields[4], "by");
        return new ConcurrencyLimit(
                Formats.readTime(fields[1]), Formats.readCount(fields[3]), Formats.readNumber(fields[5]));
    }
}
