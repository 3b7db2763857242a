using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using FlowGpt.Grains.Interfaces.Digests;

namespace FlowGpt.Tests.Unit.Contracts;

/// <summary>Makes a value of any contract type in which no member has its default.</summary>
internal sealed class Specimen
{
    private const int DeepestNesting = 8;

    private int _number;

    public static object Of(Type type) => new Specimen().Make(type, 0)!;

    private object? Make(Type type, int depth)
    {
        var number = ++_number;
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Make(underlying, depth);
        }

        if (type.IsEnum)
        {
            return Enum.GetValues(type).GetValue(Enum.GetValues(type).Length - 1);
        }

        return type switch
        {
            _ when type == typeof(string) => $"text {number} äöü",
            _ when type == typeof(bool) => true,
            _ when type == typeof(double) => number + 0.25,
            _ when type == typeof(decimal) => number + 0.125m,
            _ when type == typeof(Digest) => new Digest(0xF0E1_D2C3_B4A5_9687, (ulong)number),
            _ when type == typeof(Guid) => new Guid(number, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
            _ when type == typeof(TimeSpan) => TimeSpan.FromMilliseconds(1_234.5 + number),
            _ when type == typeof(DateTimeOffset) => new DateTimeOffset(2026, 11, 22, 20, 59, number % 60, 123, TimeSpan.Zero),
            _ when type == typeof(DateTime) => new DateTime(2026, 11, 22, 20, 59, number % 60, DateTimeKind.Utc),
            _ when type == typeof(DateOnly) => new DateOnly(2026, 11, 1 + (number % 28)),
            _ when type == typeof(byte[]) => new byte[] { (byte)number, 0, 255 },
            _ when type == typeof(ReadOnlyMemory<byte>) => new ReadOnlyMemory<byte>([(byte)number, 0, 255]),
            _ when type.IsPrimitive => Convert.ChangeType(number, type, null),
            _ when type.IsArray => Items(type.GetElementType()!, depth),
            _ when type.IsGenericType => Generic(type, depth),
            _ when depth > DeepestNesting => null,
            _ when type.IsAbstract => Make(FirstOf(type), depth),
            _ => Composite(type, depth + 1),
        };
    }

    private object? Generic(Type type, int depth)
    {
        var arguments = type.GenericTypeArguments;
        if (arguments.Length == 2)
        {
            var dictionary = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(arguments))!;
            // One entry, since the order of several entries is not part of the value.
            dictionary.Add(Make(arguments[0], depth)!, Make(arguments[1], depth));
            return As(type, dictionary, arguments);
        }

        return As(type, Items(arguments[0], depth), arguments);
    }

    // The collection itself, one that is made of it by its constructor, or an immutable one by its factory.
    private static object As(Type type, object items, Type[] arguments)
    {
        if (type.IsInstanceOfType(items))
        {
            return items;
        }

        return type.GetConstructors()
            .Any(constructor => constructor.GetParameters() is [var only] && only.ParameterType.IsInstanceOfType(items))
            ? Activator.CreateInstance(type, items)!
            : typeof(ImmutableCollections)
                .GetMethods()
                .Single(factory => factory.ReturnType.Name == type.Name)
                .MakeGenericMethod(arguments)
                .Invoke(null, [items])!;
    }

    private Array Items(Type type, int depth)
    {
        // Two different values, unless the type has only one that is not its default.
        var items = Array.CreateInstance(type, 2);
        items.SetValue(Make(type, depth), 0);
        items.SetValue(Make(type, depth), 1);
        return items;
    }

    private object Composite(Type type, int depth)
    {
        const BindingFlags any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        var constructor = type.GetConstructors(any)
            .Where(candidate => candidate.GetParameters() is not [var only] || only.ParameterType != type)
            .MaxBy(static candidate => candidate.GetParameters().Length);
        if (constructor is null)
        {
            throw new NotSupportedException($"{type}: has no constructor that {nameof(Specimen)} can use.");
        }

        var parameters = constructor.GetParameters();
        var value = constructor.Invoke([.. parameters.Select(parameter => Make(parameter.ParameterType, depth))]);
        foreach (var (_, member) in ContractTypes.MembersOf(type))
        {
            if (parameters.Any(parameter => string.Equals(parameter.Name, member.Name, StringComparison.OrdinalIgnoreCase)))
            {
                continue;
            }

            if (member is PropertyInfo { SetMethod: not null } property)
            {
                property.SetValue(value, Make(property.PropertyType, depth));
            }
            else if (member is FieldInfo field)
            {
                field.SetValue(value, Make(field.FieldType, depth));
            }
        }

        return value;
    }

    private static Type FirstOf(Type type) =>
        ContractTypes.Concrete.FirstOrDefault(type.IsAssignableFrom)
        ?? throw new NotSupportedException($"{type}: has no serialised class of which there are values.");

    private static class ImmutableCollections
    {
        public static ImmutableArray<T> Array<T>(T[] items) => [.. items];

        public static ImmutableList<T> List<T>(T[] items) => [.. items];

        public static ImmutableHashSet<T> Set<T>(T[] items) => [.. items];

        public static ImmutableDictionary<TKey, TValue> Dictionary<TKey, TValue>(Dictionary<TKey, TValue> items)
            where TKey : notnull => items.ToImmutableDictionary();
    }
}
