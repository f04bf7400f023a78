package dev.respite.spring.boot.idempotency;

import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.GenericTypeResolver;
import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.http.HttpEntity;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.method.HandlerMethod;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.SettableBeanProperty;
import tools.jackson.databind.deser.bean.BeanDeserializerBase;
import tools.jackson.databind.deser.std.ContainerDeserializerBase;
import tools.jackson.databind.json.JsonMapper;

/**
 * The names of the JSON body of a method, as far as its type has them. It has those of records and beans, not of maps, trees, texts and types
 * with a deserializer of their own.
 */
final class BodyNames {

    private BodyNames() {}

    /**
     * Checks that the parts of a fingerprint may be in the body of a method, if the application has one JSON mapper.
     *
     * @throws IllegalArgumentException if one cannot be; the message has the names
     */
    static void require(List<String> pointers, HandlerMethod handler, BeanFactory beans) {
        beans.getBeanProvider(JsonMapper.class).ifUnique(mapper -> require(pointers, handler, mapper));
    }

    private static void require(List<String> pointers, HandlerMethod handler, JsonMapper mapper) {
        Optional<ValueDeserializer<?>> body = body(handler, mapper);
        if (body.isPresent()) {
            DeserializationContext context = mapper._deserializationContext();
            pointers.forEach(pointer -> require(pointer, body.get(), context));
        }
    }

    private static void require(String text, ValueDeserializer<?> body, DeserializationContext context) {
        ValueDeserializer<?> at = body;
        for (JsonPointer rest = JsonPointer.compile(text); !rest.matches(); rest = rest.tail()) {
            if (at instanceof ContainerDeserializerBase<?> all && rest.mayMatchElement()) {
                at = all.getContentDeserializer();
            } else if (at instanceof BeanDeserializerBase bean && isComplete(bean, context)) {
                Map<String, SettableBeanProperty> names = names(bean, context);
                SettableBeanProperty property = names.get(rest.getMatchingProperty());
                if (property == null) {
                    throw new IllegalArgumentException("the fingerprint '" + text + "' is in no body: '"
                            + rest.getMatchingProperty() + "' is no property of "
                            + bean.handledType().getName() + ", which has " + names.keySet()
                            + "; correct the JSON Pointer");
                }
                at = property.hasValueTypeDeserializer() ? null : property.getValueDeserializer();
            } else {
                return;
            }
        }
    }

    private static boolean isComplete(BeanDeserializerBase bean, DeserializationContext context) {
        return !bean.hasAnySetter()
                && !bean.getValueInstantiator().canCreateUsingDelegate()
                && !bean.getValueInstantiator().canCreateUsingArrayDelegate()
                && context.introspectBeanDescription(bean.getValueType()).findProperties().stream()
                        .allMatch(each -> each.getPrimaryMember() == null
                                || context.getAnnotationIntrospector()
                                                .findUnwrappingNameTransformer(
                                                        context.getConfig(), each.getPrimaryMember())
                                        == null);
    }

    private static Map<String, SettableBeanProperty> names(BeanDeserializerBase bean, DeserializationContext context) {
        Map<String, SettableBeanProperty> names = new TreeMap<>();
        bean.properties().forEachRemaining(property -> {
            names.put(property.getName(), property);
            property.findAliases(context.getConfig()).forEach(alias -> names.put(alias.getSimpleName(), property));
        });
        return names;
    }

    private static Optional<ValueDeserializer<?>> body(HandlerMethod handler, JsonMapper mapper) {
        try {
            return Stream.of(handler.getMethodParameters())
                    .map(parameter -> type(parameter, handler))
                    .flatMap(Optional::stream)
                    .findFirst()
                    .map(type ->
                            mapper._deserializationContext().findRootValueDeserializer(mapper.constructType(type)));
        } catch (JacksonException unknown) {
            return Optional.empty();
        }
    }

    private static Optional<Type> type(MethodParameter parameter, HandlerMethod handler) {
        Type type = GenericTypeResolver.resolveType(parameter.getGenericParameterType(), handler.getBeanType());
        ResolvableType resolved = ResolvableType.forType(type);
        if (HttpEntity.class.isAssignableFrom(parameter.getParameterType())) {
            return Optional.of(resolved.as(HttpEntity.class).getGeneric().getType());
        }
        if (!parameter.hasParameterAnnotation(RequestBody.class)) {
            return Optional.empty();
        }
        return Optional.of(
                parameter.getParameterType() == Optional.class
                        ? resolved.getGeneric().getType()
                        : type);
    }
}
