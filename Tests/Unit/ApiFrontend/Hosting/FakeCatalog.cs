using FlowGpt.Grains.Interfaces.Models;

namespace FlowGpt.Tests.Unit.ApiFrontend.Hosting;

/// <summary>A model catalog with two models.</summary>
internal sealed class FakeCatalog : IModelCatalogGrain
{
    public ModelCatalog Value { get; set; } = new([Model("gpt-4-free", "A persona."), Model("vendor/name", "Another.")], IsDemo: true);

    public Exception? Failure { get; set; }

    /// <summary>The list after providers have been asked; null when the list is complete from the start.</summary>
    public Task<ModelCatalog>? Discovery { get; set; }

    public int Reads { get; private set; }

    /// <summary>How often a caller waited until providers had been asked.</summary>
    public int Waits { get; private set; }

    public static Route Model(string id, string description) =>
        new(id, [new Target("main", "prompt")], description, 10_000, CleanResponsePrefix: true, 1_690_000_000, "flowgpt");

    public ValueTask<ModelCatalog> Get()
    {
        Reads++;
        return Failure is null ? ValueTask.FromResult(Value) : ValueTask.FromException<ModelCatalog>(Failure);
    }

    public ValueTask<ModelCatalog> GetOnceAsked()
    {
        Waits++;
        return Discovery is { } asked ? new(asked) : Get();
    }

    public ValueTask<AddedModels> GetAdded() => throw new NotSupportedException();

    public ValueTask<ModelCatalogStatus> GetStatus() => throw new NotSupportedException();

    public ValueTask<ModelChangeResult> Put(RouteDefinition route) => throw new NotSupportedException();

    public ValueTask<ModelChangeResult> Remove(string id) => throw new NotSupportedException();

    public ValueTask<ModelCatalogStatus> Refresh(string query) => throw new NotSupportedException();
}
