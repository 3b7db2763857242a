using Mono.Cecil;

namespace FlowGpt.Tests.Unit.Architecture;

/// <summary>
/// The types that a type's members mention, by full name. Attributes are not code, and Orleans' serializers of a stored record are separate types.
/// </summary>
internal static class UsedTypes
{
    public static IEnumerable<string> Of(TypeDefinition type)
    {
        var own = new[] { type.BaseType?.FullName ?? "" }
            .Concat(type.Interfaces.Select(static one => one.InterfaceType.FullName))
            .Concat(type.Fields.Select(static one => one.FieldType.FullName))
            .Concat(type.Methods.SelectMany(static one => one.Parameters.Select(static parameter => parameter.ParameterType.FullName)))
            .Concat(type.Methods.SelectMany(Mentioned));
        return own.Concat(type.NestedTypes.SelectMany(Of));
    }

    private static IEnumerable<string> Mentioned(MethodDefinition method) =>
        !method.HasBody
            ? []
            : method.Body.Instructions.Select(static instruction =>
                instruction.Operand switch
                {
                    MethodReference called => called.DeclaringType.FullName,
                    FieldReference field => field.DeclaringType.FullName,
                    TypeReference type => type.FullName,
                    _ => "",
                }
            );
}
