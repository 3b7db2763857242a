using FlowGpt.Simulator.Accounts;

namespace FlowGpt.Simulator.OpenAi.Models;

/// <summary>All models, and which of them an account has.</summary>
internal sealed class ModelCatalog(IEnumerable<OfferedModel> models)
{
    private readonly OfferedModel[] _models = [.. models.Concat(OfferedModel.Defaults).DistinctBy(model => model.Id)];

    public IEnumerable<OfferedModel> Of(Account account) =>
        account.Settings.Models is { } own ? _models.Where(model => own.Contains(model.Id)) : _models;

    public OfferedModel? Find(Account account, string id) => Of(account).FirstOrDefault(model => model.Id == id);
}
