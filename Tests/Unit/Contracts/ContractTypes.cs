using System.Collections.Immutable;
using System.Reflection;
using FlowGpt.ApiFrontend;
using FlowGpt.Grains.Interfaces.Conversations;
using FlowGpt.Silo.Hosting;

namespace FlowGpt.Tests.Unit.Contracts;

/// <summary>Every type of the product that crosses a process boundary or is stored.</summary>
internal static class ContractTypes
{
    private static readonly ImmutableArray<Assembly> Assemblies =
    [
        typeof(IConversationGrain).Assembly,
        typeof(Grains.Conversations.ConversationState).Assembly,
        typeof(FrontendOptions).Assembly,
        typeof(SiloOptions).Assembly,
    ];

    /// <summary>Classes and structures with a serializer, abstract ones among them, by name.</summary>
    public static ImmutableArray<Type> Serialised { get; } =
    [
        .. Assemblies
            .SelectMany(static assembly => assembly.GetTypes())
            .Where(static type => !type.IsEnum && type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false))
            .OrderBy(static type => type.FullName, StringComparer.Ordinal),
    ];

    /// <summary>The types that are not abstract.</summary>
    public static ImmutableArray<Type> Concrete { get; } = [.. Serialised.Where(static type => !type.IsAbstract)];

    /// <summary>The product's enumerations that are members of them.</summary>
    public static ImmutableArray<Type> Enumerations { get; } =
    [
        .. Serialised
            .SelectMany(MembersOf)
            .Select(static member => TypeOf(member.Member))
            .SelectMany(static type => type.GenericTypeArguments.Append(type))
            .Where(static type => type.IsEnum && Assemblies.Contains(type.Assembly))
            .Distinct()
            .OrderBy(static type => type.FullName, StringComparer.Ordinal),
    ];

    /// <summary>What grains offer.</summary>
    public static ImmutableArray<Type> GrainInterfaces { get; } =
    [
        .. Assemblies
            .SelectMany(static assembly => assembly.GetTypes())
            .Where(static type => type.IsInterface && typeof(IAddressable).IsAssignableFrom(type)),
    ];

    /// <summary>The records of grains, as the storage providers get them.</summary>
    public static ImmutableHashSet<Type> Stored { get; } =
    [
        .. Assemblies
            .SelectMany(static assembly => assembly.GetTypes())
            .SelectMany(static type => type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public))
            .Select(static field => field.FieldType)
            .Where(static type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IPersistentState<>))
            .Select(static type => type.GenericTypeArguments[0]),
    ];

    /// <summary>
    /// The type's name in messages and stored records; null if it has none. Of an enumeration only the numbers are written.
    /// </summary>
    public static string? AliasOf(Type type) =>
        type.IsEnum ? $"enumeration.{type.Name}" : type.GetCustomAttribute<AliasAttribute>(inherit: false)?.Alias;

    /// <summary>The serialised members, base classes' first. The key is the member's id, behind the depth of its class if that has a serialised base.</summary>
    public static IEnumerable<(string Key, MemberInfo Member)> MembersOf(Type type)
    {
        var levels = new Stack<Type>();
        for (var level = type; level is not null && level != typeof(object); level = level.BaseType)
        {
            levels.Push(level);
        }

        var depth = 0;
        foreach (var level in levels.Where(static level => level.IsDefined(typeof(GenerateSerializerAttribute), inherit: false)))
        {
            const BindingFlags declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
            foreach (var member in level.GetMembers(declared))
            {
                if (member.GetCustomAttribute<IdAttribute>() is { } id)
                {
                    yield return (depth == 0 ? $"{id.Id}" : $"{depth}:{id.Id}", member);
                }
            }

            depth++;
        }
    }

    /// <summary>The type of a property or field.</summary>
    public static Type TypeOf(MemberInfo member) => member is PropertyInfo property ? property.PropertyType : ((FieldInfo)member).FieldType;
}
