using FlowGpt.Tests.Unit.ApiFrontend.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Mono.Cecil;

namespace FlowGpt.Tests.Unit.Architecture;

/// <summary>
/// Methods that change the system for operators are called below <c>/admin</c> alone, and by no route that reads: the audit log notes every other request there before anything is
/// done. Read from the compiled frontend.
/// </summary>
public sealed class AuditedChangesTests
{
    private const string Admin = "FlowGpt.ApiFrontend.Admin.";

    /// <summary>Methods of grains that change what operators decide.</summary>
    private static readonly HashSet<string> Changing =
    [
        "IAccountRegistryGrain.Add",
        "IAccountRegistryGrain.Change",
        "IAccountRegistryGrain.Remove",
        "IAddressKeyGrain.Rotate",
        "IApiKeyDirectoryGrain.Add",
        "IApiKeyDirectoryGrain.NoteRevoked",
        "IApiKeyGrain.Create",
        "IApiKeyGrain.Revoke",
        "IApiKeyGrain.Rotate",
        "IApiKeyGrain.Update",
        "IClusterGrain.Drain",
        "IMemberGrain.Release",
        "IMemberGrain.Reserve",
        "IModelCatalogGrain.Put",
        "IModelCatalogGrain.Refresh",
        "IModelCatalogGrain.Remove",
        "ITokenPoolGrain.ResetAccount",
    ];

    [Fact]
    public void ChangingMethods_AreThoseOfTheOperatorsGrainsThatDoNotRead()
    {
        using var module = SourceTree.Module("Grains.Interfaces");
        var grains = Changing.Select(static name => name.Split('.')[0]).Where(static name => name != "ITokenPoolGrain").ToHashSet();
        var methods = module
            .Types.Where(type => grains.Contains(type.Name))
            .SelectMany(static type => type.Methods)
            .Where(static method => method.IsAbstract && !method.Name.StartsWith("Get", StringComparison.Ordinal))
            .Where(static method => method.Name is not ("List" or "Contains"))
            .Select(static method => $"{method.DeclaringType.Name}.{method.Name}");

        // The pool's other methods are those of turns.
        Assert.Equal(methods.Append("ITokenPoolGrain.ResetAccount").Order(StringComparer.Ordinal), Changing.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void ChangingMethods_AreCalledBelowAdminAlone()
    {
        using var module = SourceTree.Module("ApiFrontend");
        var callers = module
            .GetTypes()
            .SelectMany(static type => type.Methods)
            .Where(static method => Called(method).Any(IsChanging))
            .Select(static method => method.DeclaringType.FullName)
            .Distinct()
            .ToArray();

        Assert.NotEmpty(callers);
        Assert.DoesNotContain(callers, static caller => !caller.StartsWith(Admin, StringComparison.Ordinal));
    }

    [Fact]
    public async Task RoutesThatRead_ReachNoChangingMethodAndOthersDo()
    {
        await using var host = await FrontendHost.StartAsync();
        using var module = SourceTree.Module("ApiFrontend");
        var routes = host
            .Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(static route => route.RoutePattern.RawText!.TrimStart('/').StartsWith("admin", StringComparison.Ordinal))
            .ToArray();
        var changing = new List<string>();
        foreach (var route in routes)
        {
            var handler = module.LookupToken(route.RequestDelegate!.Method.MetadataToken) as MethodDefinition;
            Assert.Equal("FlowGpt.ApiFrontend.dll", route.RequestDelegate.Method.Module.Name);
            Assert.NotNull(handler);
            if (Reaches(handler))
            {
                changing.AddRange(
                    route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(method => $"{method} {route.RoutePattern.RawText}")
                );
            }
        }

        Assert.True(changing.Count > 10, string.Join('\n', changing));
        Assert.DoesNotContain(changing, static route => route.StartsWith("GET", StringComparison.Ordinal));
    }

    /// <summary>Whether a method, or what it calls in the frontend, calls a changing method of a grain.</summary>
    private static bool Reaches(MethodDefinition start)
    {
        var open = new Stack<MethodDefinition>([start]);
        var seen = new HashSet<MethodDefinition> { start };
        while (open.TryPop(out var method))
        {
            foreach (var called in Called(method))
            {
                if (IsChanging(called))
                {
                    return true;
                }

                foreach (var next in Bodies(called).Where(seen.Add))
                {
                    open.Push(next);
                }
            }

            // An async method and an iterator are types with a method of their own.
            foreach (var machine in method.Body?.Variables.Select(static one => one.VariableType).OfType<TypeDefinition>() ?? [])
            {
                if (machine.Methods.FirstOrDefault(static one => one.Name == "MoveNext") is { } next && seen.Add(next))
                {
                    open.Push(next);
                }
            }
        }

        return false;
    }

    private static IEnumerable<MethodDefinition> Bodies(MethodReference called) =>
        called.DeclaringType.FullName.StartsWith("FlowGpt.ApiFrontend", StringComparison.Ordinal)
        && called.Resolve() is { HasBody: true } body
            ? [body]
            : [];

    private static IEnumerable<MethodReference> Called(MethodDefinition method) =>
        method.HasBody ? method.Body.Instructions.Select(static one => one.Operand).OfType<MethodReference>() : [];

    private static bool IsChanging(MethodReference method) => Changing.Contains($"{method.DeclaringType.Name}.{method.Name}");
}
