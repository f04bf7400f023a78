package dev.respite.spring.boot.idempotency;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;

/** Finds mappings that {@link Idempotent} cannot be used with. */
final class EndpointChecks {

    private static final Set<RequestMethod> SAFE =
            EnumSet.of(RequestMethod.GET, RequestMethod.HEAD, RequestMethod.OPTIONS, RequestMethod.TRACE);

    private EndpointChecks() {}

    static List<String> problemsOf(RequestMappingInfo info, HandlerMethod handler) {
        List<String> problems = new ArrayList<>();
        String where = handler.getShortLogMessage() + " with the mapping " + info;
        if (!info.getParamsCondition().isEmpty()) {
            problems.add(
                    where + ": the condition on params may refer to a parameter in the body, which is read after the"
                            + " rules were selected; use a path or a header instead");
        }
        Set<RequestMethod> methods = info.getMethodsCondition().getMethods();
        if (methods.isEmpty() || methods.stream().anyMatch(SAFE::contains)) {
            problems.add(where + ": the mapping accepts GET, whose requests need no key; use @PostMapping, @PutMapping,"
                    + " @PatchMapping or @DeleteMapping");
        }
        return problems;
    }
}
