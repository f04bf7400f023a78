package dev.respite.durable;

import java.util.Objects;
import tools.jackson.databind.ObjectMapper;

/** Codecs that write data as JSON, by Jackson 3, which has to be among the application's dependencies. */
public final class JacksonData {

    private JacksonData() {}

    /**
     * {@return a codec with a mapper of the default configuration}
     *
     * @param type the type of the data
     * @param <T> the type of the data
     */
    public static <T> DataCodec<T> of(Class<T> type) {
        return of(type, new ObjectMapper());
    }

    /**
     * {@return a codec with a mapper}
     *
     * @param type the type of the data
     * @param mapper the mapper
     * @param <T> the type of the data
     */
    public static <T> DataCodec<T> of(Class<T> type, ObjectMapper mapper) {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(mapper, "mapper");
        return DataCodec.of(mapper::writeValueAsBytes, bytes -> mapper.readValue(bytes, type));
    }
}
