package dev.respite.stacks.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * The log of a consumer process.
 *
 * @param lines a line for each record with its result
 * @param end the number of lines when the records of the last poll are handled
 * @param lastPartition the partition of the last record of that poll
 * @param lastOffset its offset
 */
record ConsumerLog(List<String> lines, int end, int lastPartition, long lastOffset) {

    private static final String POLL = "POLL";

    static ConsumerLog read(Path file) throws IOException {
        List<String> lines = new ArrayList<>();
        int end = 0;
        String[] poll = {POLL, "0", "0", "0"};
        for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
            if (!line.startsWith(POLL)) {
                lines.add(line);
                continue;
            }
            String[] read = line.split(" ", -1);
            if (read.length == poll.length) {
                poll = read;
                end = lines.size() + Integer.parseInt(poll[1]);
            }
        }
        return new ConsumerLog(lines, end, Integer.parseInt(poll[2]), Long.parseLong(poll[3]));
    }

    static void append(Path file, String line) {
        try {
            Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    int results() {
        return lines.size();
    }

    int unhandled() {
        return end - lines.size();
    }

    long count(String result) {
        return lines.stream().filter(line -> line.startsWith(result)).count();
    }

    /** The number of known records between two lines. */
    long known(int from, int to) {
        return lines.subList(from, to).stream()
                .filter(line -> line.startsWith("KNOWN"))
                .count();
    }

    /** Appends the number of the records of each poll, and the place of the last one. */
    public static final class Polls implements ConsumerInterceptor<String, String> {

        static final String FILE = "log.file";

        private Path file = Path.of("");

        @Override
        public void configure(Map<String, ?> settings) {
            file = Path.of((String) settings.get(FILE));
        }

        @Override
        public ConsumerRecords<String, String> onConsume(ConsumerRecords<String, String> records) {
            StreamSupport.stream(records.spliterator(), false)
                    .reduce((earlier, later) -> later)
                    .ifPresent(last -> append(file, line(records.count(), last)));
            return records;
        }

        private static String line(int count, ConsumerRecord<?, ?> last) {
            return POLL + " " + count + " " + last.partition() + " " + last.offset();
        }

        @Override
        public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

        @Override
        public void close() {}
    }
}
