package dev.respite.stacks.idempotency;

import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Makes answers of exceptions. */
@RestControllerAdvice
class Advice {

    /** What the business refuses. */
    static final class SoldOutException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** An exception that becomes a success. */
    static final class LaterException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final int status;

        LaterException(int status) {
            this.status = status;
        }
    }

    @ExceptionHandler
    ResponseEntity<String> later(LaterException failure) {
        return ResponseEntity.status(failure.status).body("later");
    }

    @ExceptionHandler
    @ResponseStatus(HttpStatus.BAD_REQUEST)
    Map<String, String> notValid(MethodArgumentNotValidException failure) {
        return Map.of("field", failure.getFieldErrors().get(0).getField());
    }

    @ExceptionHandler
    @ResponseStatus(HttpStatus.CONFLICT)
    Map<String, String> soldOut(SoldOutException failure) {
        return Map.of("error", "sold out");
    }
}
