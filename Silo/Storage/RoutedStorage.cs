using Orleans.Storage;

namespace FlowGpt.Silo.Storage;

/// <summary>Sends the records of some states to other providers, which differ in how long they keep a record; all others to the first.</summary>
/// <param name="others">For every state that is not named.</param>
/// <param name="byState">By the state's name.</param>
internal sealed class RoutedStorage(IGrainStorage others, IReadOnlyDictionary<string, IGrainStorage> byState) : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        For(stateName).ReadStateAsync(stateName, grainId, grainState);

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        For(stateName).WriteStateAsync(stateName, grainId, grainState);

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        For(stateName).ClearStateAsync(stateName, grainId, grainState);

    private IGrainStorage For(string stateName) => byState.GetValueOrDefault(stateName, others);
}
