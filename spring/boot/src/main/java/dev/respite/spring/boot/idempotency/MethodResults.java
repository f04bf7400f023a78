package dev.respite.spring.boot.idempotency;

import static dev.respite.spring.boot.idempotency.AnnotatedMethods.require;

import dev.respite.idempotency.store.StoredResponse;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.core.GenericTypeResolver;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.json.JsonMapper;

/** The results of a method as JSON of its type. */
record MethodResults(JavaType type, JsonMapper mapper) {

    static MethodResults of(Method method, Class<?> bean, JsonMapper mapper) {
        JavaType type = mapper.constructType(GenericTypeResolver.resolveType(method.getGenericReturnType(), bean));
        require(!type.isJavaLangObject(), "its result has no type, so a replay could not read it: declare a class");
        return new MethodResults(type, mapper);
    }

    /** Writes a result; throws an exception if a replay would return another. */
    byte[] write(@Nullable Object result) {
        @Nullable Exception cause = null;
        try {
            byte[] json = mapper.writerFor(type).writeValueAsBytes(result);
            @Nullable Object replayed = read(json);
            if (Objects.equals(result, replayed) || Arrays.equals(characters(result), characters(replayed))) {
                return json;
            }
        } catch (JacksonException unfit) {
            cause = unfit;
        }
        throw new IllegalStateException(
                "a replay would not return the same as this call, which is rolled back: return a value"
                        + " that the JsonMapper writes and reads completely as a " + type.toCanonical() + ", and not a "
                        + (result == null ? null : result.getClass().getName()),
                cause);
    }

    /** A property that is lost is fewer characters, or others. The order of a set may differ. */
    private int[] characters(@Nullable Object result) {
        return mapper.writeValueAsString(result).chars().sorted().toArray();
    }

    private @Nullable Object read(byte[] json) {
        return mapper.readerFor(type)
                .without(DateTimeFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
                .readValue(json);
    }

    /** Reads a result, which may be of an earlier release, or of an operator who has resolved an unknown key. */
    @Nullable
    Object read(StoredResponse stored) {
        try {
            return read(stored.body().orElseThrow());
        } catch (JacksonException | NoSuchElementException other) {
            throw new IllegalStateException(
                    "a call with this key took effect, and its stored result is not a " + type.toCanonical()
                            + ": find its effect in the database, and change types of results compatibly",
                    other);
        }
    }
}
