package dev.respite.spring.boot.idempotency;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Reports why idempotent endpoints cannot work, and what to do, without the stack trace. */
final class IdempotencySetupFailureAnalyzer extends AbstractFailureAnalyzer<IdempotencySetupException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, IdempotencySetupException cause) {
        return new FailureAnalysis(cause.getMessage(), cause.action(), cause);
    }
}
