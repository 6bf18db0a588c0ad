"""Off the path from the results on: each wrong turn on screen, by the person whose it is; then where the journey stands, and why."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from tests.story.telling import Story, for_good, on

from kefu.lab.testing_results import deliver, oru

pytestmark = pytest.mark.django_db


def arrives(story: Story, control_id: str, **changes: str) -> tuple[str, str]:
    """A message about the customer's order comes from the laboratory, an hour later."""
    walk = story.walk
    walk.at += timedelta(hours=1)
    passed = (walk.at - walk.cast.at) / timedelta(days=1)
    return for_good(lambda: deliver(walk.cast, oru(walk.order, control_id=control_id, **changes), days=passed))


def test_a_message_about_another_person_waits_and_is_filed_by_hand(story: Story) -> None:
    story.begins("叶知秋", "sample_collected")
    assert arrives(story, "Q1", name="叶之秋") == ("AE", "204")
    consulting = story.at(story.cast.consulting)
    consulting.open("/lab-messages/")
    consulting.page.locator("tbody tr", has_text="Q1").get_by_role("link").first.click()
    consulting.sees("没有归档的原因")
    consulting.page.get_by_role("checkbox", name="已和检验室核对，是同一个人").check()
    consulting.press("归档")
    consulting.sees("这一项还没填", within="main [role=alert]")
    consulting.page.get_by_role("checkbox", name="已和检验室核对，是同一个人").check()
    consulting.fill("说明*", "检验室录错一个字，已电话核对")
    consulting.press("归档")
    consulting.hears("已归档，报告进入审核")
    consulting.sees("检验室录错一个字，已电话核对")
    story.stands(consulting, "电子报告审核", "报告审核中", "收到检验报告")


def test_a_report_goes_back_to_the_laboratory_and_comes_again(story: Story) -> None:
    story.begins("宋清欢", "sample_collected")
    story.goes_on("results")
    consulting = story.at(story.cast.consulting)
    consulting.open(f"/customers/{story.customer}/reports/next/")
    consulting.follow("退回检验室…")
    consulting.press("退回检验室")
    consulting.sees("请写明原因")
    consulting.fill("原因*", "血红蛋白单位不对")
    consulting.press("退回检验室")
    consulting.hears("已退回检验室")
    story.stands(consulting, "电子报告审核", "报告审核中", "检验报告退回检验室", "血红蛋白单位不对")
    report = story.walk.order.reports.get()
    doctor = story.at(story.cast.doctor)
    assert doctor.open(f"/reports/{report.pk}/") == 404
    assert arrives(story, "R2", status="C", sent="20261124103000") == ("AA", "")
    consulting = story.at(story.cast.consulting)
    consulting.open(f"/customers/{story.customer}/reports/next/")
    consulting.press("审核通过")
    consulting.hears("审核通过")
    story.stands(consulting, "总检报告", "审核通过")


def test_an_approval_is_withdrawn(story: Story) -> None:
    story.begins("沈听雨", "overall_report")
    report = story.walk.order.reports.get(kind="item")
    consulting = story.at(story.cast.consulting)
    consulting.open(f"/reports/review/{report.pk}/")
    consulting.follow("撤回审核…")
    consulting.fill("原因*", "样本编号要再核对")
    consulting.press("撤回审核")
    consulting.hears("审核已撤回")
    story.stands(consulting, "电子报告审核", "报告审核中", "撤回报告审核", "样本编号要再核对")
    assert story.at(story.cast.manager).open(f"/reports/{report.pk}/") == 404


def test_the_overall_report_is_changed_and_the_paper_made_again(story: Story) -> None:
    story.begins("江予安", "paper_production")
    doctor = story.at(story.cast.doctor)
    doctor.open(f"/reports/{story.walk.overall.pk}/")
    doctor.follow("修改总检…")
    doctor.fill("总检意见*", "铁蛋白偏低，三个月后复查。")
    doctor.press("录入")
    doctor.sees("这一项还没填", within="main [role=alert]")
    doctor.fill("修改原因*", "漏写铁蛋白")
    doctor.press("录入")
    doctor.hears("总检报告已修改，原文保留")
    consulting = story.at(story.cast.consulting)
    consulting.open(f"/reports/{story.walk.overall.pk}/")
    expect(consulting.page.get_by_role("button", name="发放", exact=True)).to_have_count(0)
    consulting.fill("重做原因*", "总检改过")
    assert "铁蛋白偏低" in consulting.print("重新制作").replace("\n", "")
    story.stands(consulting, "纸质报告发放", "纸质报告制作中", "漏写铁蛋白", "总检改过")


def test_the_day_of_receipt_is_corrected_and_the_follow_ups_move(story: Story) -> None:
    story.begins("许南星", "paper_issued")
    consulting = story.at(story.cast.consulting, on(11, 27, 10))
    consulting.open(f"/reports/{story.walk.overall.pk}/")
    consulting.page.get_by_text("更正发放…").click()
    correction = consulting.page.locator("details", has_text="更正发放…")
    correction.get_by_label("客户收到日期").fill("2026-11-26")
    correction.get_by_label("更正原因").fill("前台写错了日子")
    correction.get_by_role("button", name="更正").click()
    consulting.hears("发放记录已更正，原记录保留")
    story.stands(consulting, "报告解读", "纸质报告已发放", "前台写错了日子")
    manager = story.at(story.cast.manager, on(11, 27, 10))
    manager.open(f"/customers/{story.customer}/tabs/followups/")
    manager.sees("2027-02-26")


def test_who_buys_nothing_goes_on_to_the_survey(story: Story) -> None:
    story.begins("唐映雪", "interpretation")
    manager = story.at(story.cast.manager)
    manager.open(f"/customers/{story.customer}/")
    manager.follow("看流程")
    manager.press("跳过")
    manager.sees("请写明原因")
    manager.fill("原因*", "家里还有，先不买")
    manager.press("跳过")
    manager.hears("已跳过，原因已记下")
    story.stands(manager, "满意度回访", "客户不需要，已跳过", "跳过“产品购买”", "家里还有，先不买")


def test_a_purchase_too_big_for_the_warehouse_is_given_up_after_the_signature(story: Story) -> None:
    story.begins("梁书瑶", "product_ordered")
    manager = story.at(story.cast.manager)
    manager.open(f"/customers/{story.customer}/purchases/next/")
    manager.page.get_by_text("取消购买", exact=True).first.click()
    manager.fill("原因*", "回家和先生商量")
    manager.press("取消购买")
    manager.hears("还没发的已全部冲红")
    story.stands(manager, "产品购买", "报告已解读", "冲红", "回家和先生商量")
    doctor = story.at(story.cast.doctor)
    doctor.open(f"/customers/{story.customer}/purchases/new/")
    doctor.fill("深海鱼油软胶囊", "4", "spinbutton")
    doctor.press("开具")
    manager.open(f"/customers/{story.customer}/purchases/next/")
    manager.fill("深海鱼油软胶囊", "900", "spinbutton")
    manager.press("录入")
    manager.press("登记签字")
    manager.press("发货")
    manager.sees("不够", within="main [role=alert]")
    story.stands(manager, "产品发货", "产品已下单")
    manager.open(f"/customers/{story.customer}/purchases/next/")  # what was set aside for it goes to others
    manager.page.get_by_text("取消购买", exact=True).first.click()
    manager.fill("原因*", "等不了这么多")
    manager.press("取消购买")
    manager.hears("还没发的已全部冲红")


def test_goods_come_back(story: Story) -> None:
    story.begins("罗绮年", "product_dispatched")
    manager = story.at(story.cast.manager)
    manager.open("/purchases/")
    manager.page.locator("tbody tr", has_text=story.name).get_by_role("link").first.click()
    manager.page.get_by_text("产品退回", exact=True).click()
    manager.fill("原因*", "瓶口漏了")
    manager.press("退回")
    manager.hears("产品已退回库房，收费已冲销")
    story.stands(manager, "产品发货", "产品已下单", "冲红", "瓶口漏了")


def test_a_survey_is_refused(story: Story) -> None:
    story.begins("谢昭宁", "product_dispatched")
    service = story.at(story.cast.service)
    service.open(f"/customers/{story.customer}/surveys/visit/new/")
    service.page.get_by_text("客户不愿回答", exact=True).first.click()
    service.fill("原因*", "正在开会，不想答")
    service.page.locator("details").get_by_role("button", name="记下").click()
    service.hears("已记下客户不愿回答")
    story.stands(service, "定期回访", "客户不需要，已跳过", "客户不愿回答", "正在开会，不想答")


def test_a_follow_up_is_not_reached_then_moved_then_all_are_stopped(story: Story) -> None:
    story.begins("程雪见", "surveyed")
    service = story.at(story.cast.service, on(11, 25, 11))
    service.open(f"/customers/{story.customer}/tabs/followups/")
    service.follow("收到报告后 2 天")
    service.choose("结果*", "无人接听")
    service.press("记下")
    service.hears("已记下")
    service.sees("明天 11:00")
    service.page.get_by_text("改到别的日子").click()
    service.page.get_by_label("改到", exact=False).last.fill("2026-11-30")
    service.fill("原因*", "客户出差，周一回来")
    service.press("改期")
    service.hears("已改期")
    story.stands(service, "定期回访", "已回访满意度", "无人接听", "客户出差，周一回来")
    service.open(f"/customers/{story.customer}/tabs/followups/")
    service.page.get_by_text("客户不愿再接电话").click()
    service.fill("原因*", "请不要再打电话")
    service.press("全部停止")
    service.hears("已停止全部回访安排")
    service.sees("停止全部回访", within="#timeline")


def test_a_customer_leaves_half_way_and_comes_back(story: Story) -> None:
    story.begins("段明珠", "sample_collected")
    manager = story.at(story.cast.manager)
    manager.open(f"/customers/{story.customer}/")
    manager.follow("看流程")
    manager.page.get_by_text("客户退出", exact=True).click()
    manager.fill("原因*", "移居外地")
    manager.press("登记退出")
    manager.hears("已登记客户退出")
    manager.open("/journeys/")
    expect(manager.page.locator("li.bd-card", has_text=story.name)).to_have_count(0)
    manager.open(f"/customers/{story.customer}/")
    manager.sees("流程结束", within=".kf-journey-head")
    manager.sees("客户退出：移居外地", within=".kf-journey-head")
    manager.sees("移居外地", within="#timeline")
    assert arrives(story, "W1")[0] == "AE"
    manager.follow("看流程")
    manager.fill("原因*", "决定不走了")
    manager.press("恢复")
    manager.hears("流程已恢复")
    story.stands(manager, "电子报告审核", "检测中", "恢复流程", "决定不走了")


def test_the_director_takes_a_journey_back(story: Story) -> None:
    story.begins("孟昭华", "overall_report")
    service = story.at(story.cast.service)
    service.open(f"/customers/{story.customer}/")
    service.follow("看流程")
    expect(service.page.get_by_text("改回前面的步骤")).to_have_count(0)
    director = story.at(story.cast.director)
    director.open(f"/customers/{story.customer}/")
    director.follow("看流程")
    director.page.get_by_text("改回前面的步骤").click()
    director.choose("节点*", "总检报告")
    director.press("改回")
    director.sees("这一项还没填", within="main [role=alert]")
    director.fill("原因*", "总检要会诊后重写")
    director.press("改回")
    director.hears("已改回，原因已记下")
    story.stands(director, "总检报告", "审核通过", "改回“总检报告”", "总检要会诊后重写")


def test_a_customer_is_handed_to_a_colleague_who_may_decline(story: Story) -> None:
    story.begins("杜若溪", "tests_ordered")
    manager = story.at(story.cast.manager)
    manager.open(f"/customers/{story.customer}/handover/")
    manager.choose("移交给*", "何示清 2005")
    manager.fill("原因*", "我下周休假")
    manager.press("提出移交")
    manager.hears("已提出，等对方答复")
    manager.sees("已提出移交给何示清，等对方答复")
    colleague = story.at(story.cast.manager2)
    colleague.open("/handovers/")
    colleague.press("谢绝")
    colleague.sees("原因", within="main [role=alert]")
    colleague.press("接受")
    story.stands(colleague, "检测盒发放与采样", "已开单", "变更归属", "我下周休假")
    colleague.open("/")
    expect(colleague.page.locator("#kf-owed").get_by_role("listitem").filter(has_text=story.name)).to_have_count(1)
