using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;

namespace FlowGpt.Tests.Unit.Contracts;

/// <summary>
/// What one version of the product has sent or stored, the next one reads into the same values, so that processes of two versions can be one
/// cluster and data survives an upgrade. New contracts get their files by <c>eng/contracts.sh</c>.
/// </summary>
public sealed class GoldenTests(GoldenTests.Serializers serializers) : IClassFixture<GoldenTests.Serializers>
{
    private const string WriteVariable = "FLOWGPT_WRITE_GOLDEN";
    private const string Advice =
        "If it is a new contract or a new member, run eng/contracts.sh and commit the files that it makes. Otherwise the change keeps two "
        + "versions from working together: add a member with a new [Id] instead of changing or removing one.";

    public static TheoryData<string> Files => [.. Golden.Files];

    [Theory, MemberData(nameof(Files))]
    public void Wire_OfEarlierVersion_IsReadIntoTheSameValue(string file)
    {
        var golden = Golden.Read(file);
        if (golden.Wire is not null)
        {
            var read = Rendition.Of(serializers.Product.FromWire(golden.Wire));

            Assert.True(Rendition.Difference(golden.Value, read) is null, $"{file}: {Rendition.Difference(golden.Value, read)}. {Advice}");
        }
    }

    [Theory, MemberData(nameof(Files))]
    public void Wire_OfLaterVersion_IsReadWithoutWhatIsUnknown(string file)
    {
        var golden = Golden.Read(file);
        if (golden.Wire is not null)
        {
            var read = Rendition.Of(serializers.Product.FromWire(serializers.Product.WithUnknownMember(golden.Wire)));

            Assert.Null(Rendition.Difference(golden.Value, read));
        }
    }

    [Theory, MemberData(nameof(Files))]
    public void Stored_ByEarlierVersion_IsReadIntoTheSameValue(string file)
    {
        var golden = Golden.Read(file);
        if (golden.Stored is not null)
        {
            var read = Rendition.Of(serializers.Product.FromStored(TypeOf(golden), golden.Stored));

            Assert.True(Rendition.Difference(golden.Value, read) is null, $"{file}: {Rendition.Difference(golden.Value, read)}. {Advice}");
        }
    }

    [Theory, MemberData(nameof(Files))]
    public void Stored_ByLaterVersion_IsReadWithoutWhatIsUnknown(string file)
    {
        var golden = Golden.Read(file);
        if (golden.Stored is not null)
        {
            AddUnknown(golden.Stored);

            var read = Rendition.Of(serializers.Product.FromStored(TypeOf(golden), golden.Stored));

            Assert.Null(Rendition.Difference(golden.Value, read));
        }
    }

    [Fact]
    public void EveryContract_HasAnAliasOfItsOwn()
    {
        var nameless = ContractTypes.Serialised.Where(static type => ContractTypes.AliasOf(type) is null);
        var shared = ContractTypes
            .Serialised.AddRange(ContractTypes.Enumerations)
            .GroupBy(ContractTypes.AliasOf)
            .Where(static types => types.Count() > 1)
            .Select(static types => types.Key);

        Assert.Empty(nameless);
        Assert.Empty(shared);
    }

    [Fact]
    public void EveryGrainInterface_HasAliasesForItselfAndItsMethods() =>
        Assert.Empty(
            ContractTypes
                .GrainInterfaces.SelectMany(static type =>
                    type.GetMethods().Where(static method => !method.IsStatic).Append<MemberInfo>(type)
                )
                .Where(static member => !member.IsDefined(typeof(AliasAttribute), inherit: false))
                .Select(static member => $"{member.DeclaringType?.Name} {member.Name}")
        );

    [Theory, MemberData(nameof(Files))]
    public void Enumeration_OfEarlierVersion_HasTheSameNumbers(string file)
    {
        var golden = Golden.Read(file);
        if (TypeOf(golden) is { IsEnum: true } type)
        {
            var difference = Rendition.Difference(golden.Value, NumbersOf(type));

            Assert.True(difference is null, $"{file}: {difference}. {Advice}");
        }
    }

    /// <summary>Every contract has a file with all of its members; a missing file is written where the variable is set.</summary>
    [Fact]
    public void EveryContract_HasAFileOfAllItsMembers()
    {
        var missing = ContractTypes.Concrete.AddRange(ContractTypes.Enumerations).Where(static type => MissingOf(type).Any()).ToList();
        if (IsWriting)
        {
            missing.ForEach(Write);
            missing.RemoveAll(static type => !MissingOf(type).Any());
        }

        Assert.True(
            missing.Count == 0,
            $"In no file: {string.Join("; ", missing.Select(type => $"{ContractTypes.AliasOf(type)} ({string.Join(", ", MissingOf(type))})"))}. {Advice}"
        );
    }

    /// <summary>Today's processes write what those of the version before can read: the newest file, to the byte.</summary>
    [Fact]
    public void EveryContract_IsWrittenAsItsNewestFileHasIt()
    {
        foreach (var type in ContractTypes.Concrete)
        {
            var alias = ContractTypes.AliasOf(type)!;
            if (Golden.Of(alias).LastOrDefault() is { Wire: { } wire } newest && !MissingOf(type).Any())
            {
                var value = serializers.Product.FromWire(wire);

                Assert.True(wire.AsSpan().SequenceEqual(serializers.Product.ToWire(value)), $"{alias} is sent in other bytes. {Advice}");
                Assert.True(
                    newest.Stored is null || JsonNode.DeepEquals(newest.Stored, serializers.Product.ToStored(value)),
                    $"{alias} is stored in another form. {Advice}"
                );
            }
        }
    }

    [Fact]
    public void EveryFile_IsOfAContract()
    {
        var known = ContractTypes.Concrete.AddRange(ContractTypes.Enumerations).Select(ContractTypes.AliasOf).ToHashSet();

        Assert.All(
            Golden.Files,
            file => Assert.True(known.Contains(Golden.Read(file).Type), $"{file}: no type has this alias any more. {Advice}")
        );
    }

    [Fact]
    public void EveryGrainRecord_IsAContract() =>
        Assert.All(ContractTypes.Stored, static type => Assert.Contains(type, ContractTypes.Concrete));

    private static bool IsWriting => new ConfigurationBuilder().AddEnvironmentVariables().Build()[WriteVariable] == "1";

    private static Type TypeOf(Golden golden) =>
        ContractTypes.Concrete.AddRange(ContractTypes.Enumerations).Single(type => ContractTypes.AliasOf(type) == golden.Type);

    // Members that the type has, at any depth, and its newest file does not.
    private static IEnumerable<string> MissingOf(Type type)
    {
        if (Golden.Of(ContractTypes.AliasOf(type)!).LastOrDefault() is not { Value: var newest })
        {
            return ["itself"];
        }

        return type.IsEnum
            ? Enum.GetNames(type).Where(name => !((JsonObject)newest).ContainsKey(name))
            : Rendition.MissingMembers(newest).Distinct();
    }

    private static JsonObject NumbersOf(Type type) =>
        [.. Enum.GetNames(type).Select(name => KeyValuePair.Create(name, Rendition.Of(Enum.Parse(type, name))))];

    private void Write(Type type)
    {
        var alias = ContractTypes.AliasOf(type)!;
        if (type.IsEnum)
        {
            new Golden(alias, NumbersOf(type), null, null).Save();
            return;
        }

        var value = Specimen.Of(type);
        var rendition = Rendition.Of(value)!;
        Assert.True(
            Rendition.FirstEmpty(rendition) is null,
            $"{alias}: {nameof(Specimen)} leaves {Rendition.FirstEmpty(rendition)} empty."
        );
        var stored = ContractTypes.Stored.Contains(type) ? serializers.Product.ToStored(value) : null;
        new Golden(alias, rendition, serializers.Product.ToWire(value), stored).Save();
    }

    // Names of members that are maps: each of their entries is data, so no version adds a member to them.
    private static readonly HashSet<string> Maps = ["Options", "Generated", "ProtectedFields", "Fields", "Headers"];

    private static void AddUnknown(JsonNode? node)
    {
        if (node is JsonObject members)
        {
            members.Where(static member => !Maps.Contains(member.Key)).ToList().ForEach(static member => AddUnknown(member.Value));
            members["FromALaterVersion"] = new JsonObject { ["Depth"] = 1 };
        }
        else if (node is JsonArray items)
        {
            items.ToList().ForEach(AddUnknown);
        }
    }

    /// <summary>The product's serializers, made once.</summary>
    public sealed class Serializers : IDisposable
    {
        internal ProductSerializers Product { get; } = new();

        public void Dispose() => Product.Dispose();
    }
}
